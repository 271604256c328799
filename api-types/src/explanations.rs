//! What each problem means and what to do about it: the texts of the pages to which a problem's `type` leads.

use serde::{Deserialize, Serialize};

use crate::{
    FieldError, Problem, ProblemType,
    problem::{FaultCode, FieldPlace},
};

/// The texts about one type of problem.
#[derive(Clone, Copy, Debug)]
pub struct Explanation {
    /// What the problem means, and when it happens.
    pub meaning: &'static str,
    /// What the caller can do.
    pub remedy: &'static str,
    /// The `detail` of an example.
    pub example: &'static str,
}

macro_rules! explanations {
    ($($kind:ident: $meaning:literal, $remedy:literal, $example:literal;)+) => {
        impl ProblemType {
            /// The texts about this type.
            pub const fn explanation(self) -> Explanation {
                match self {
                    $(Self::$kind => Explanation { meaning: $meaning, remedy: $remedy, example: $example },)+
                }
            }
        }
    };
}

explanations! {
    MalformedJson:
        "The body of the request is not JSON. It is cut off, empty, or has a comma or a quote too many.",
        "Let a JSON library write the body. The detail names the line and the column at which reading stopped.",
        "The body is not valid JSON: line 1, column 10.";
    BadRequest:
        "A query parameter or a header is unknown or not of its form, or the request ended too early. Nothing was done.",
        "Read `errors`: each entry names a parameter or header, and says what would be right. A cursor is only good for the list \
         and the filters that it came with.",
        "limit: It must be a number from 1 to 200.";
    Validation:
        "The body is JSON, and some of its fields are missing, unknown, of another type, or have a value that is not possible. \
         Nothing was stored.",
        "Read `errors`: each entry names a field by its JSON Pointer, and has a stable `code` for programs and a sentence for people. \
         Change these fields, then send the request again.",
        "name: It must not be empty. scopes/0: \"tickets:red\" is not one of tickets:read, tickets:write.";
    Unauthenticated:
        "The request carries no credential, and the operation needs one. A session that has ended counts as none.",
        "Send an API key or an access token in the header `Authorization: Bearer …`. In the console, sign in again.",
        "Sign in, or send an API key as a bearer token.";
    InvalidSignIn:
        "The e-mail address or the password is wrong. Which of the two is not told.",
        "Type both again. An operator can set a new password with `sayless member set-password`.",
        "The e-mail address or the password is wrong.";
    InvalidCredential:
        "The bearer token is neither an API key nor an access token of this server, or is one no longer: it has expired, was \
         withdrawn, or belongs to an app that is suspended.",
        "Check that the whole token arrives, and that it is one of this server. For an access token, use the refresh token once, \
         or ask the member to authorize the app again. Do not repeat the request with the same token.",
        "The bearer token is not a credential of this server, or is one no longer.";
    KeyRevoked:
        "The API key was revoked by an admin, or by itself because it became public. It never works again.",
        "Ask an admin of the workspace for a new key. The audit log says who revoked this one, and why.",
        "This API key was revoked at 2026-11-23T06:44:50.123Z. Use its replacement.";
    KeyReplaced:
        "The API key replaced itself, and its successor has been used, or a day has passed since. The old key has ended for good.",
        "Use the successor, which was shown when the key was replaced. Where it got lost, an admin creates a new key.",
        "This API key was replaced at 2026-11-27T09:00:00.000Z. Use its successor.";
    KeyExpired:
        "The API key has reached the end that was set when it was made.",
        "Ask an admin of the workspace for a new key.",
        "This API key expired at 2026-11-23T06:44:50.123Z. Create a new one.";
    AddressNotAllowed:
        "The API key may be used from some addresses only, and the request came from another one.",
        "Call from an allowed address, or ask an admin to add yours to the key's allowed addresses. Behind a proxy, the operator \
         must name it as trusted, or each caller seems to have the proxy's address.",
        "This API key may not be used from 203.0.113.7. An admin can add the address to the key's list.";
    InsufficientScope:
        "The credential is good, and does not hold the scope that the operation needs.",
        "Use a key or token with the scope that the detail names. The scopes of a key never change: make a new key.",
        "This needs the scope tickets:write.";
    AdminRequired:
        "Only a workspace's admins may do this, and the signed-in member is none.",
        "Ask an admin of the workspace.",
        "Only an admin of the workspace may do this.";
    SessionRequired:
        "Only a signed-in member may do this. API keys and access tokens may not, whatever their scopes.",
        "Do it in the console.",
        "Only a signed-in session may do this: no API key or token can.";
    NotRotatable:
        "Only an API key can replace itself, and only one that an admin marked as rotatable. A session or a token cannot.",
        "Have an admin mark the key as rotatable in Settings > API, or create a new key there.",
        "An admin has not marked this API key as rotatable.";
    PlanRequired:
        "The workspace's plan does not include the API.",
        "Ask an admin to choose a plan that includes it.",
        "The workspace's plan does not include the API.";
    PlanLimit:
        "The workspace has as many objects of this kind as its plan allows.",
        "Delete or revoke one that is not needed, or choose a larger plan.",
        "The plan allows 100 webhooks, and there are as many.";
    NotAMember:
        "The request is about a workspace to which the signed-in member does not belong.",
        "Sign in as a member of that workspace, or switch to it.",
        "You are not a member of the workspace that this app asks for.";
    CrossOrigin:
        "A change was asked for with the console's session cookie, and did not come from the console's own pages. Browsers send \
         cookies along with requests of other sites, so such changes are refused.",
        "Scripts and servers use an API key or an access token instead of the cookie.",
        "Changes by a session must come from our own pages.";
    NotFound:
        "There is no such path, or no such object in this workspace. Objects of other workspaces, and deleted ones, are not told \
         from those that never were.",
        "Check the id, and that the credential belongs to the workspace of the object.",
        "There is no such ticket in this workspace.";
    MethodNotAllowed:
        "The path exists and does not have this method.",
        "Use one of the methods that the `Allow` header names.",
        "PUT is not possible here. This path has: GET, PATCH.";
    RequestTimeout:
        "The head or the body of the request took longer than this server waits. Nothing was done, and the connection was closed.",
        "Send the whole request at once, over a new connection. If this goes on, look for a slow link or a proxy between.",
        "The body did not come in time.";
    Conflict:
        "The object is in a state in which this is not possible. Nothing was changed.",
        "Read the detail, which says what stands in the way. The same request succeeds only once the object's state is another one.",
        "The webhook is disabled. Enable it first, then recover what it missed.";
    WorkspaceMismatch:
        "The request has a `Sayless-Workspace` header, and its credential acts in another workspace than that. A session does so once its \
         member has switched, also in another tab. Nothing was read or changed.",
        "Send a credential of that workspace, switch the session back, or leave the header away.",
        "Your session is in another workspace by now.";
    IdempotencyInProgress:
        "An earlier request with the same `Idempotency-Key` is still running.",
        "Wait as long as `Retry-After` says, then send the same request again: it gets the first one's answer.",
        "A request with this Idempotency-Key is still running. Ask again in a moment.";
    IdempotencyMismatch:
        "The `Idempotency-Key` was used before, with another body.",
        "Use a new key for each new request, and the same key only to repeat a request whose answer was lost.",
        "This Idempotency-Key was used with another body. Use a new key for a new request.";
    IdempotencyExpired:
        "The first answer to this `Idempotency-Key` held a secret. Such answers are kept for ten minutes only, and that time is over. \
         Nothing was done again.",
        "The detail names the object that the first request made. Read it; if its secret was lost, rotate it, or delete the object \
         and make another one with a new key.",
        "The first answer to this Idempotency-Key held a secret, and was kept for ten minutes only. Use a new key for a new request.";
    PreconditionFailed:
        "The object has changed since the version that `If-Match` names. Nothing was changed.",
        "Read the object again, decide whether your change still makes sense, and send it with the new `ETag`.",
        "The object has changed since you read it. Read it again, then decide.";
    EventsExpired:
        "The log was asked for what happened after a place that is so old that later events have been removed: going on from there \
         would leave a gap.",
        "Leave `after` out to begin with the oldest event that is kept, and read the objects that matter anew: what happened in \
         between is not in the log any more.",
        "Events after this place are no longer kept. The oldest that is kept is evt_01JDBN5X7W3Q9K2M4E6R8T0VYZ, of \
         2026-11-23T06:44:50.123Z. Leave `after` out to begin with it.";
    UriTooLong:
        "The path of the request with its query is longer than this server reads.",
        "Ask for less at once, such as fewer words of a filter. The detail names the limit.",
        "The URI is longer than the 16384 bytes that are read.";
    HeadersTooLarge:
        "The headers of the request are longer, or more, than are read. Nothing was done, and the connection was closed.",
        "Send fewer or shorter headers. Many cookies of other sites on one host are the usual cause.",
        "The headers are longer, or more, than are read.";
    BodyTooLarge:
        "The body of the request is larger than this server reads.",
        "Send less at once. The detail names the limit.",
        "The body is larger than the 256 KiB that are accepted.";
    UnsupportedMediaType:
        "The body is not declared as JSON, or is compressed in a way that this server does not read.",
        "Send JSON with the header `Content-Type: application/json`, as it is or compressed by gzip or deflate, once.",
        "Send the body as JSON, with the header Content-Type: application/json.";
    SecretInText:
        "A text contains a live credential: an API key, a client secret or a signing secret. Everyone who reads the text could use \
         it, so nothing was stored.",
        "Take the credential out of the text. If others have seen it already, revoke or rotate it.",
        "Nothing was stored. body: It contains an API key. Take it out; if anyone else may have seen it, replace it in \
         Settings > API.";
    RateLimited:
        "The credential or the address has sent more requests than it may in this time. Nothing was done.",
        "Wait as long as `Retry-After` says. `RateLimit` and `RateLimit-Policy` say how much is left before that happens.",
        "Too many requests. Try again in 12 s.";
    Unavailable:
        "The server cannot answer right now: its database is away, it is stopping, or more comes in than it can store. Nothing was stored.",
        "Wait as long as `Retry-After` says, then send the same request again, with the same `Idempotency-Key`.",
        "The database is not available right now. Nothing was stored.";
    Internal:
        "Something failed on the server's side. The cause is in its log, not in the answer.",
        "Send the request once more, with the same `Idempotency-Key`. If it fails again, tell the operator the `request_id`.",
        "Something failed on our side. Try again, and name the request id if it persists.";
}

/// A type of problem: what its page says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProblemDescription {
    /// The `type` of such problems: the address of the page.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schema(format = "uri"))]
    pub kind: String,
    /// The stable name, for programs.
    pub code: ProblemType,
    /// A short title, the same for every occurrence.
    pub title: String,
    /// The HTTP status that goes with it.
    pub status: u16,
    /// What the problem means, and when it happens.
    pub meaning: String,
    /// What the caller can do.
    pub remedy: String,
    /// An answer of this type.
    pub example: Problem,
}

/// All types of problems.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProblemDescriptions {
    /// The types, by their status.
    pub data: Vec<ProblemDescription>,
}

impl ProblemDescription {
    /// The description of `code`, as the server at `origin` gives it.
    pub fn of(code: ProblemType, origin: &str) -> Self {
        let example = code.example(origin);
        let explanation = code.explanation();
        Self {
            kind: example.kind.clone(),
            code,
            title: code.title().to_owned(),
            status: code.status(),
            meaning: explanation.meaning.to_owned(),
            remedy: explanation.remedy.to_owned(),
            example,
        }
    }
}

impl ProblemType {
    /// An answer of this type, as the server at `origin` gives it.
    pub fn example(self, origin: &str) -> Problem {
        let mut problem = Problem::new(self, origin, self.explanation().example);
        problem.request_id = Some("01JDBN5X7W3Q9K2M4E6R8T0VYZ".to_owned());
        problem.errors = match self {
            Self::BadRequest => vec![FieldError::new(
                "limit",
                FieldPlace::Query,
                FaultCode::OutOfRange,
                "It must be a number from 1 to 200.",
            )],
            Self::Validation => vec![
                FieldError::in_body("name", FaultCode::TooShort, "It must not be empty."),
                FieldError::in_body(
                    ("scopes", 0),
                    FaultCode::UnknownWord,
                    "\"tickets:red\" is not one of tickets:read, tickets:write.",
                ),
            ],
            Self::SecretInText => vec![FieldError::in_body(
                "body",
                FaultCode::ContainsSecret,
                "It contains an API key. Take it out; if anyone else may have seen it, replace it in Settings > API.",
            )],
            _ => Vec::new(),
        };
        problem
    }
}

impl FaultCode {
    /// What is wrong with the field.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Required => "The field is missing.",
            Self::UnknownField => "There is no such field.",
            Self::UnknownParameter => "There is no such parameter.",
            Self::Duplicate => "The field stands in its object more than once.",
            Self::WrongType => "The value is of another JSON type.",
            Self::Malformed => "The value is not of its form: no time, no id, no URL.",
            Self::TooShort => "The text or list is too short, or empty.",
            Self::TooLong => "The text or list is too long.",
            Self::TooDeep => "Objects and lists are nested too deep.",
            Self::OutOfRange => "The number or time is too small or too large.",
            Self::UnknownWord => "The word is not one of those that are known here.",
            Self::InvalidCharacters => "The text has characters that it may not have.",
            Self::NotAllowed => "The value is of its form, and is not possible here; the sentence says why.",
            Self::NotFound => "The value names an object that is not there.",
            Self::ContainsSecret => "The text contains a live credential.",
        }
    }
}
