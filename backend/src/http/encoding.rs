//! The compression of answers: what a client takes, and the two codings that we send.

use std::io::{self, Write};

use actix_web::{
    http::header::{self, HeaderMap},
    web::Bytes,
};
use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};

/// Answers below this many bytes go out as they are: a packet holds them anyway.
pub const WORTHWHILE: usize = 1_024;

/// A content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    Brotli,
    Gzip,
}

/// How much work goes into a compression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// For an answer that is made once.
    Quick,
    /// For a file that is kept compressed.
    Thorough,
}

impl Coding {
    /// The coding that a client prefers by its `Accept-Encoding`; none where it takes neither, or would rather have none.
    pub fn preferred(headers: &HeaderMap) -> Option<Self> {
        let mut brotli = None;
        let mut gzip = None;
        let mut identity = None;
        let mut any = None;
        for value in headers.get_all(header::ACCEPT_ENCODING).filter_map(|value| value.to_str().ok()) {
            for entry in value.split(',') {
                let (name, weight) = weighted(entry);
                match name.to_ascii_lowercase().as_str() {
                    "br" => brotli = Some(weight),
                    "gzip" | "x-gzip" => gzip = Some(weight),
                    "identity" => identity = Some(weight),
                    "*" => any = Some(weight),
                    _ => {}
                }
            }
        }
        let brotli = brotli.or(any).unwrap_or(0);
        let gzip = gzip.or(any).unwrap_or(0);
        let (best, weight) = if brotli >= gzip { (Self::Brotli, brotli) } else { (Self::Gzip, gzip) };
        (weight > 0 && weight >= identity.unwrap_or(0)).then_some(best)
    }

    /// The coding as `Content-Encoding` names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// Compresses a whole body.
    pub fn compress(self, body: &[u8], effort: Effort) -> io::Result<Bytes> {
        let mut compressed = Vec::with_capacity(body.len() / 4);
        match self {
            Self::Brotli => {
                let quality = if effort == Effort::Quick { 4 } else { 10 };
                let params = BrotliEncoderParams { quality, size_hint: body.len(), ..Default::default() };
                brotli::BrotliCompress(&mut &*body, &mut compressed, &params)?;
            }
            Self::Gzip => {
                let level = if effort == Effort::Quick { Compression::fast() } else { Compression::best() };
                let mut encoder = GzEncoder::new(&mut compressed, level);
                encoder.write_all(body)?;
                encoder.finish()?;
            }
        }
        Ok(compressed.into())
    }
}

/// An entry of `Accept-Encoding` with its weight in thousandths; what cannot be read weighs nothing.
fn weighted(entry: &str) -> (&str, u16) {
    let mut parts = entry.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    (name, weight.map_or(1_000, thousandths))
}

fn thousandths(weight: &str) -> u16 {
    let (whole, rest) = weight.split_once('.').unwrap_or((weight, ""));
    if rest.len() > 3 || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    match whole {
        "1" => 1_000,
        "0" => format!("{rest:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn preferred(accepted: &str) -> Option<Coding> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_str(accepted).expect("a header"));
        Coding::preferred(&headers)
    }

    #[test]
    fn a_client_is_sent_what_it_prefers() {
        for (accepted, coding) in [
            ("gzip, deflate, br, zstd", Some(Coding::Brotli)),
            ("gzip", Some(Coding::Gzip)),
            ("br;q=0.5, gzip;q=0.8", Some(Coding::Gzip)),
            ("br;q=0, gzip", Some(Coding::Gzip)),
            ("GZIP;q=1.000", Some(Coding::Gzip)),
            ("*", Some(Coding::Brotli)),
            ("br;q=0, *;q=0.1", Some(Coding::Gzip)),
            ("identity, gzip;q=0.5", None),
            ("identity;q=0.5, gzip", Some(Coding::Gzip)),
            ("gzip;q=0", None),
            ("gzip;q=0.000, *;q=0", None),
            ("gzip;q=9, br;q=x", None),
            ("", None),
            ("zstd, deflate", None),
        ] {
            assert_eq!(preferred(accepted), coding, "{accepted}");
        }
        assert_eq!(Coding::preferred(&HeaderMap::new()), None);
    }
}
