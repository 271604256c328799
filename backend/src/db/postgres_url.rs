//! Rules for the URL of a PostgreSQL database. libpq prints the part of a URL that it cannot read, and that part may be the
//! password: what it could stumble over is refused here, in words that repeat nothing of the URL.

use url::Url;

/// Refuses a URL that libpq could misread. The sentence names no part of the URL.
pub(super) fn check(url: &str) -> Result<(), String> {
    let refused = |why: &str| Err(format!("the database URL cannot be read: {why}"));
    if url.chars().any(|c| c.is_whitespace() || c.is_control() || c == '#') {
        return refused("a space must be written as %20, and a # as %23");
    }
    if !escapes_are_whole(url) {
        return refused("a % must be followed by two hexadecimal digits; a % itself is written as %25");
    }
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.find(['/', '?']).map_or(rest, |end| &rest[..end]);
    if url.matches('@').count() > authority.matches('@').count().min(1) {
        return refused(
            "an @, a / and a ? in the user name or the password must be written as %40, %2F and %3F",
        );
    }
    // libpq takes several hosts, with commas between them. The first one stands for all.
    let first = authority.split(',').next().unwrap_or_default();
    match Url::parse(&format!("postgres://{first}/")) {
        Ok(_) | Err(url::ParseError::EmptyHost) => Ok(()),
        Err(error) => refused(&format!(
            "{error}; expected postgres://USER:PASSWORD@HOST:PORT/DATABASE, where a : in the password is written as %3A"
        )),
    }
}

/// `true` where each % begins an escape of two hexadecimal digits that is not the one of NUL.
fn escapes_are_whole(url: &str) -> bool {
    url.split('%').skip(1).all(|after| {
        let digits = after.get(..2).unwrap_or_default();
        digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) && digits != "00"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_libpq_would_print_is_refused_without_a_word_of_it() {
        for good in [
            "postgres://localhost/sayless",
            "postgresql://sayless:p%40ss@[::1]:5433/sayless?sslmode=require&connect_timeout=3",
            "postgres://sayless@one:5432,two:5433/sayless?target_session_attrs=read-write",
            "postgres:///sayless?host=/var/run/postgresql",
            "postgres://u:@db",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "postgres://u:hush%zz@db/s",
            "postgres://u:hush%4@db/s",
            "postgres://u:hush%00@db/s",
            "postgres://u:hush%@db/s",
            "postgres://u:hu@sh@db/s",
            "postgres://u:12/hush@db/s",
            "postgres://u:12?hush@db/s",
            "postgres://u:hush#x@db/s",
            "postgres://u:hush x@db/s",
            "postgres://u:hush/s",
            "postgres://u:p@[hush/s",
        ] {
            let said = check(bad).expect_err(bad);
            assert!(!said.contains("hush") && !said.contains('\n'), "{said}");
        }
    }
}
