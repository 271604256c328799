//! A call that did not do what was asked: what the person in front of the screen is told, and which field is meant.

use api_types::{FieldError, Problem, ProblemType, problem::FaultCode};

use crate::amounts;

/// A call that did not do what was asked.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiError {
    /// The HTTP status; 0 where no answer came.
    pub status: u16,
    /// The problem document, where the answer was one.
    pub problem: Option<Box<Problem>>,
    /// Seconds after which to try again, where the server says so.
    pub retry_after: Option<u32>,
}

impl ApiError {
    pub const fn of_status(status: u16) -> Self {
        Self { status, problem: None, retry_after: None }
    }

    /// An error that the console itself finds in a field before asking the server.
    pub fn of_field(field: &str, detail: &str) -> Self {
        let kind = ProblemType::Validation;
        let mut problem = Problem::new(kind, "", detail);
        problem.errors.push(FieldError::in_body(field, FaultCode::Malformed, detail));
        Self { status: kind.status(), problem: Some(Box::new(problem)), retry_after: None }
    }

    /// One or two sentences for the person in front of the screen: the failure, and the way on.
    pub fn message(&self) -> String {
        let said = match self.problem.as_ref().and_then(|problem| problem.problem_type()) {
            // The API speaks to programs of credentials and headers.
            Some(ProblemType::Unauthenticated) => {
                Some("Your session had ended. Nothing was changed: try again.".to_owned())
            }
            Some(ProblemType::WorkspaceMismatch) => {
                Some("Your session was in another workspace. Nothing was changed: try again.".to_owned())
            }
            _ => self.problem.as_ref().map(|problem| problem.detail.clone()),
        };
        let mut message = match (self.status, said) {
            (0, _) => "Sayless did not answer. Check your connection, then try again.".to_owned(),
            (_, Some(detail)) => detail,
            (429, None) => "Too many requests at once.".to_owned(),
            (503, None) => "Sayless cannot answer right now.".to_owned(),
            (status, None) => format!("Sayless answered with an error ({status})."),
        };
        if let (429 | 503, Some(seconds)) = (self.status, self.retry_after) {
            message = format!("{message} Try again in {}.", amounts::seconds(seconds));
        }
        message
    }

    fn field_errors(&self) -> impl Iterator<Item = &FieldError> {
        self.problem.iter().flat_map(|problem| &problem.errors)
    }

    /// The errors about one field of the body, its members included.
    pub fn about<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a FieldError> {
        self.field_errors().filter(move |error| is_or_in(error.name(), field))
    }

    /// The errors about none of these fields.
    pub fn about_others<'a>(&'a self, fields: &'a [&str]) -> impl Iterator<Item = &'a FieldError> {
        self.field_errors().filter(|error| !fields.iter().any(|field| is_or_in(error.name(), field)))
    }

    /// The number of errors about fields, whichever they are.
    pub fn field_error_count(&self) -> usize {
        self.field_errors().count()
    }

    /// The id under which the server's log has the request, to quote to the people who run it.
    pub fn request_id(&self) -> Option<String> {
        self.problem.as_ref()?.request_id.clone()
    }

    /// True where the answer was this problem.
    pub fn is(&self, kind: ProblemType) -> bool {
        self.problem.as_ref().and_then(|problem| problem.problem_type()) == Some(kind)
    }

    /// True where the object is not there (any more).
    pub fn is_not_found(&self) -> bool {
        self.is(ProblemType::NotFound)
    }
}

/// True where an error's field is this field or something in it: `scopes/2` is in `scopes`.
fn is_or_in(path: &str, field: &str) -> bool {
    path.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::is_or_in;

    #[test]
    fn an_error_belongs_to_its_field_and_to_no_other() {
        assert!(is_or_in("scopes", "scopes"));
        assert!(is_or_in("scopes/2", "scopes"));
        assert!(!is_or_in("scopes_more", "scopes"));
        assert!(!is_or_in("name", "scopes"));
    }
}
