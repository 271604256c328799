//! The query parameters that each operation takes, read out of the document, and the refusal of any other.

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::Next,
    web::Data,
};
use api_types::problem::FaultCode;
use utoipa::openapi::{
    OpenApi as Document, RefOr,
    path::{Operation, ParameterIn},
};

use super::matches_path;
use crate::{
    auth::identify::Identified,
    http::{fields::quoted, problem::Failure, query::QueryReader},
};

/// The operations of the document with the query parameters that they take.
#[derive(Clone, Debug)]
pub struct KnownParameters(Vec<KnownOperation>);

#[derive(Clone, Debug)]
struct KnownOperation {
    method: Method,
    path: Vec<String>,
    parameters: Vec<String>,
    /// `true` where no credential is needed.
    is_open: bool,
}

impl KnownParameters {
    /// Reads the operations out of the document.
    pub fn of(document: &Document) -> Self {
        let mut known = Vec::new();
        for (path, item) in &document.paths.paths {
            let operations = [
                (Method::GET, &item.get),
                (Method::POST, &item.post),
                (Method::PATCH, &item.patch),
                (Method::DELETE, &item.delete),
            ];
            for (method, operation) in operations {
                let Some(operation) = operation else { continue };
                known.push(KnownOperation {
                    method,
                    path: path.split('/').map(Into::into).collect(),
                    parameters: query_parameters(operation),
                    is_open: operation.security.as_ref().is_none_or(Vec::is_empty),
                });
            }
        }
        Self(known)
    }

    fn operation(&self, request: &ServiceRequest) -> Option<&KnownOperation> {
        let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
        let wanted: Vec<&str> = request.match_info().as_str().split('/').collect();
        self.0.iter().find(|known| known.method == *method && matches_path(&known.path, &wanted))
    }
}

impl KnownOperation {
    /// Refuses a query with a parameter that the operation does not take.
    fn check(&self, query: &str) -> Result<(), Failure> {
        let known = &self.parameters;
        let mut query = QueryReader::parse(query)?;
        let mut unknown: Vec<String> = Vec::new();
        for name in query.names() {
            if !known.iter().chain(&unknown).any(|known| known == name) {
                unknown.push(name.to_owned());
            }
        }
        for name in unknown {
            query.wrong(&name, FaultCode::UnknownParameter, describe(&name, known));
        }
        query.check()
    }
}

fn query_parameters(operation: &Operation) -> Vec<String> {
    let parameters = operation.parameters.iter().flatten();
    let names = parameters.filter_map(|parameter| match parameter {
        RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query => Some(parameter.name.clone()),
        _ => None,
    });
    names.collect()
}

/// The sentence about a parameter that an operation does not take.
fn describe(name: &str, known: &[String]) -> String {
    if known.is_empty() {
        return "This operation takes no query parameters.".into();
    }
    let nearest = nearest(name, known).map(|name| format!("Did you mean `{name}`? ")).unwrap_or_default();
    format!("There is no parameter {}. {nearest}This operation takes {}.", quoted(name), known.join(", "))
}

/// The known name that a misspelt one was probably meant to be.
fn nearest<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    const MAX: usize = 40;
    let plain = |name: &str| -> String {
        name.chars().filter(|c| c.is_alphanumeric()).take(MAX).flat_map(char::to_lowercase).collect()
    };
    let meant = plain(name);
    let distance = |known: &String| strsim::osa_distance(&meant, &plain(known));
    let nearest = known.iter().min_by_key(|known| distance(known))?;
    (distance(nearest) <= (nearest.len() / 3).max(1)).then_some(nearest)
}

/// Middleware: refuses unknown query parameters, once the caller is known; the handler refuses who is not.
pub async fn refuse_unknown(
    known: Data<KnownParameters>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if !request.query_string().is_empty()
        && let Some(operation) = known.operation(&request)
    {
        let is_known = request.extensions().get::<Identified>().is_some_and(|found| found.known.is_ok());
        if (is_known || operation.is_open)
            && let Err(refused) = operation.check(request.query_string())
        {
            return Ok(request.error_response(refused).map_into_right_body());
        }
    }
    next.call(request).await.map(ServiceResponse::map_into_left_body)
}
