//! Diagnoses of answers from 300 to 399: what each of them means where a webhook's message was sent.

use api_types::deliveries::{Category, Diagnosis, DiagnosisCode as Code};

use super::wording::{of, quoted};
use crate::delivery::send::exchange::Response;

/// Explains a redirect, and its neighbours that are none.
pub fn diagnose(answer: &Response) -> Diagnosis {
    let status = answer.status;
    if status == 304 {
        return of(
            Code::UnexpectedStatus,
            Category::Configuration,
            "The answer was 304 Not Modified, which is no answer to a message: it says that a copy in a cache is still good."
                .to_owned(),
            "A cache or a proxy seems to answer in the receiver's place. Keep the webhook's path out of the cache, and answer \
             POST requests with a status from 200 to 299.",
        );
    }
    let summary = match &answer.location {
        Some(location) => format!(
            "The receiver redirects to {} (status {status}); redirects are not followed.",
            quoted(location)
        ),
        None => format!("The receiver answered with a redirect (status {status}) that leads nowhere."),
    };
    of(Code::Redirected, Category::Configuration, summary, advice(answer))
}

fn advice(answer: &Response) -> &'static str {
    match answer.status {
        _ if leads_to_sign_in(answer) => {
            "The URL seems to be behind a log-in. Let the receiver take messages there without one: their signature says who \
             sent them."
        }
        303 => {
            "This is how a web page answers a form: the message may well have been taken. Leave the webhook's URL as it is, and \
             have the receiver answer with a status from 200 to 299 itself."
        }
        302 => {
            "If the receiver answers so once it has taken a message, as after a form, have it answer with a status from 200 to 299 \
             instead. If it has moved, set the webhook's URL to where it is."
        }
        307 => {
            "The receiver is elsewhere for now, by its own words. Set the webhook's URL to an address that lasts, or wait until \
             this one serves again; then retry."
        }
        300 | 305 | 306 => {
            "Have the receiver answer with a status from 200 to 299 at the webhook's URL itself, or set the URL to an address that \
             does, then retry."
        }
        _ if answer.location.is_none() => {
            "Have the receiver answer with a status from 200 to 299 once it has taken the event, then retry."
        }
        _ => "Set the webhook's URL to where the receiver really is, then retry.",
    }
}

/// A redirect to a page on which people sign in. Only redirects for this once count: what has moved for good has moved.
fn leads_to_sign_in(answer: &Response) -> bool {
    const WORDS: [&str; 7] = ["login", "log-in", "log_in", "signin", "sign-in", "sign_in", "/sso"];
    let to = answer.location.as_deref().unwrap_or_default().to_ascii_lowercase();
    matches!(answer.status, 302 | 303 | 307) && WORDS.iter().any(|word| to.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(status: u16, location: Option<&str>) -> Diagnosis {
        let diagnosis = diagnose(&Response {
            status,
            headers: Vec::new(),
            body: String::new(),
            truncated: false,
            retry_after: None,
            location: location.map(str::to_owned),
            body_fault: None,
        });
        assert_eq!(diagnosis.category, Category::Configuration);
        assert!(diagnosis.summary.ends_with('.') && diagnosis.advice.ends_with('.'), "{diagnosis:?}");
        diagnosis
    }

    #[test]
    fn each_kind_gets_advice_that_fits() {
        let to = Some("https://new.example/hook");
        for (status, location, code, advice) in [
            (301, to, Code::Redirected, "Set the webhook's URL to where the receiver really is"),
            (308, to, Code::Redirected, "Set the webhook's URL to where the receiver really is"),
            (301, None, Code::Redirected, "Have the receiver answer"),
            (302, to, Code::Redirected, "as after a form"),
            (303, to, Code::Redirected, "Leave the webhook's URL as it is"),
            (307, to, Code::Redirected, "an address that lasts"),
            (302, Some("/users/Sign_In?next=%2Fhook"), Code::Redirected, "behind a log-in"),
            (303, Some("https://id.example/sso/start"), Code::Redirected, "behind a log-in"),
            (301, Some("https://login.example/hook"), Code::Redirected, "where the receiver really is"),
            (300, None, Code::Redirected, "at the webhook's URL itself"),
            (304, None, Code::UnexpectedStatus, "out of the cache"),
            (399, None, Code::Redirected, "Have the receiver answer"),
        ] {
            let diagnosis = explained(status, location);
            assert_eq!(diagnosis.code, code, "{status}");
            assert!(diagnosis.advice.contains(advice), "{status}: {}", diagnosis.advice);
        }
    }

    #[test]
    fn the_target_is_in_the_sentence() {
        assert_eq!(
            explained(308, Some("https://new.example/hook")).summary,
            "The receiver redirects to “https://new.example/hook” (status 308); redirects are not followed."
        );
        assert!(explained(302, None).summary.ends_with("that leads nowhere."));
    }
}
