//! Files that stay as they are while the server runs: sent with an `ETag`, and compressed once.

use std::sync::{Arc, OnceLock};

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
    web::{self, Bytes},
};

use super::encoding::{Coding, Effort, WORTHWHILE};
use crate::crypto;

/// A file and its compressed copies, which are made when somebody first wants them.
#[derive(Debug)]
pub struct StaticFile {
    plain: Bytes,
    content_type: &'static str,
    tag: String,
    brotli: OnceLock<Bytes>,
    gzip: OnceLock<Bytes>,
}

impl StaticFile {
    /// A file of this type.
    pub fn new(plain: Bytes, content_type: &'static str) -> Arc<Self> {
        let tag = crypto::sha256_text(&plain);
        Arc::new(Self { plain, content_type, tag, brotli: OnceLock::new(), gzip: OnceLock::new() })
    }

    /// The file as it is.
    pub fn plain(&self) -> Bytes {
        self.plain.clone()
    }

    /// Answers with the file in the coding that the client prefers, or with 304 where the client has it.
    pub async fn answer(self: Arc<Self>, request: &HttpRequest) -> HttpResponse {
        let coding = Coding::preferred(request.headers()).filter(|_| self.is_worth_compressing());
        let tag = match coding {
            Some(coding) => format!("\"{}-{}\"", self.tag, coding.as_str()),
            None => format!("\"{}\"", self.tag),
        };
        let mut response = HttpResponse::Ok();
        response
            .insert_header((header::CONTENT_TYPE, self.content_type))
            .insert_header((header::CACHE_CONTROL, "no-cache"));
        if self.is_worth_compressing() {
            response.insert_header((header::VARY, "accept-encoding"));
        }
        if revalidate(request, &mut response, &tag) {
            return response.finish();
        }
        let Some(coding) = coding else { return response.body(self.plain.clone()) };
        match self.compressed(coding).await {
            Some(body) => response.insert_header((header::CONTENT_ENCODING, coding.as_str())).body(body),
            None => response.body(self.plain.clone()),
        }
    }

    fn is_worth_compressing(&self) -> bool {
        self.plain.len() >= WORTHWHILE && is_compressible(self.content_type)
    }

    /// The copy in this coding. The first caller has it made, beside the threads that answer.
    async fn compressed(self: &Arc<Self>, coding: Coding) -> Option<Bytes> {
        let copy = match coding {
            Coding::Brotli => &self.brotli,
            Coding::Gzip => &self.gzip,
        };
        if let Some(made) = copy.get() {
            return Some(made.clone());
        }
        let file = Arc::clone(self);
        let made = web::block(move || coding.compress(&file.plain, Effort::Thorough)).await;
        let made = made.ok()?.ok()?;
        Some(copy.get_or_init(|| made).clone())
    }
}

/// `true` for text: pictures and fonts are compressed already.
pub fn is_compressible(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim_end();
    match essence.split_once('/') {
        Some(("text", "event-stream")) => false,
        Some(("text", _)) => true,
        Some(("application", kind)) => {
            matches!(kind, "json" | "javascript" | "xml" | "wasm" | "jsonl") || kind.ends_with("+json")
        }
        Some(("image", kind)) => kind == "svg+xml",
        _ => false,
    }
}

/// Says which version an answer is, and turns it into a 304 where the client has that version (RFC 9110, section 13.1.2).
pub fn revalidate(request: &HttpRequest, response: &mut HttpResponseBuilder, tag: &str) -> bool {
    response.insert_header((header::ETAG, tag));
    let known = request.headers().get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    let known = known.flat_map(|value| value.split(',')).map(str::trim);
    let is_known = known.into_iter().any(|known| known == "*" || known.trim_start_matches("W/") == tag);
    if is_known {
        response.status(StatusCode::NOT_MODIFIED);
    }
    is_known
}

/// The type of a file by its name.
pub fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "png" => "image/png",
        "ico" => "image/x-icon",
        _ => "application/octet-stream",
    }
}
