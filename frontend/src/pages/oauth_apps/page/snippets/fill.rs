//! Programs that connect an app, filled in with its own facts. Each value stands as its language quotes it, so that no redirect URI can
//! become a command. No secret is among them: programs read it from the environment.

use api_types::oauth_apps::{ClientKind, GrantType, OAuthApp};

/// The facts of an app and its server that a program needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    pub issuer: String,
    pub client_id: String,
    pub redirect_uri: Option<String>,
    pub scopes: Vec<&'static str>,
    pub kind: ClientKind,
    pub grants: Vec<GrantType>,
}

/// A program that connects the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// The tool or the library.
    pub tool: &'static str,
    /// The accessible name of its copy button.
    pub copy: &'static str,
    /// A sentence on what to know of it; may be empty.
    pub about: &'static str,
    pub text: String,
}

/// The way in which the app gets tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// A member comes back to the redirect URI.
    Member,
    /// The app acts as itself.
    Own,
    /// A member agrees on another device.
    Device,
}

/// The way in which a language writes values.
#[derive(Clone, Copy)]
enum Language {
    Shell,
    TypeScript,
    Python,
    Json,
}

impl Facts {
    /// The facts of an app on the server with this issuer.
    pub fn of(app: &OAuthApp, issuer: String) -> Self {
        Self {
            issuer,
            client_id: app.id.to_string(),
            redirect_uri: app.redirect_uris.first().cloned(),
            scopes: app.scopes.iter().map(|scope| scope.as_str()).collect(),
            kind: app.kind,
            grants: app.grants.clone(),
        }
    }

    /// The ways that the app has, the one for members first.
    fn ways(&self) -> impl Iterator<Item = Way> {
        let has = |grant: GrantType| self.grants.contains(&grant);
        let ways = [
            (Way::Member, has(GrantType::AuthorizationCode) && self.redirect_uri.is_some()),
            (Way::Own, has(GrantType::ClientCredentials) && self.kind == ClientKind::Confidential),
            (Way::Device, has(GrantType::DeviceCode)),
        ];
        ways.into_iter().filter_map(|(way, is_open)| is_open.then_some(way))
    }

    /// The programs that fit the app; none where it can get no token.
    pub fn snippets(&self) -> Vec<Snippet> {
        let Some(first) = self.ways().next() else { return Vec::new() };
        // The shortest way that there is: without a member, one call is enough.
        let curl = if self.ways().any(|way| way == Way::Own) { Way::Own } else { first };
        let shell = match curl {
            Way::Member => include_str!("member.sh"),
            Way::Own => include_str!("own.sh"),
            Way::Device => include_str!("device.sh"),
        };
        let typescript = match first {
            Way::Member => include_str!("member.ts"),
            Way::Own => include_str!("own.ts"),
            Way::Device => include_str!("device.ts"),
        };
        let has_query = self.redirect_uri.as_ref().is_some_and(|uri| uri.contains('?'));
        let note = if first == Way::Member && has_query { NO_QUERY } else { "" };
        let mut snippets = vec![
            self.snippet(Language::Shell, "", shell),
            self.snippet(Language::TypeScript, note, typescript),
        ];
        let (python, json, about) = match first {
            Way::Member => (include_str!("member.py"), include_str!("member.json"), MEMBERS_MCP),
            Way::Own => (include_str!("own.py"), include_str!("own.json"), OWN_MCP),
            // Authlib has no such grant, and an MCP client has a browser.
            Way::Device => return snippets,
        };
        snippets.push(self.snippet(Language::Python, "", python));
        snippets.push(self.snippet(Language::Json, about, json));
        snippets
    }

    fn snippet(&self, language: Language, about: &'static str, template: &str) -> Snippet {
        let (tool, copy) = language.tool();
        Snippet { tool, copy, about, text: self.fill(language, template) }
    }

    fn fill(&self, language: Language, template: &str) -> String {
        let scope = self.scopes.join(" ");
        let is_confidential = self.kind == ClientKind::Confidential;
        let hint = match language {
            Language::Shell => ", put the client secret into SAYLESS_APP_SECRET",
            _ => ", and put the client secret into SAYLESS_APP_SECRET.",
        };
        let values = [
            ("__SECRET_HINT__", if is_confidential { hint.to_owned() } else { String::new() }),
            ("__AUTHENTICATION__", self.authentication(language).to_owned()),
            ("__OPTIONS__", self.options().to_owned()),
            ("__INSECURE__", self.insecure().to_owned()),
            (
                "__IMPORT_OS__",
                if is_confidential || self.is_plain() { "import os\n\n" } else { "" }.to_owned(),
            ),
            ("__ISSUER__", language.quote(&self.issuer)),
            ("__CLIENT_ID__", language.quote(&self.client_id)),
            ("__REDIRECT_URI__", language.quote(self.redirect_uri.as_deref().unwrap_or_default())),
            ("__SCOPES__", serde_json::to_string(&self.scopes).unwrap_or_default()),
            ("__SCOPE__", language.quote(&scope)),
        ];
        fill(template, &values)
    }

    const fn authentication(&self, language: Language) -> &'static str {
        match (language, self.kind) {
            (Language::Shell, ClientKind::Confidential) => "--user \"$client_id:$SAYLESS_APP_SECRET\"",
            (Language::Shell, ClientKind::Public) => "--data-urlencode \"client_id=$client_id\"",
            (Language::TypeScript, ClientKind::Confidential) => {
                "client.ClientSecretBasic(process.env.SAYLESS_APP_SECRET)"
            }
            (Language::TypeScript, ClientKind::Public) => "client.None()",
            (Language::Python, ClientKind::Confidential) => {
                "os.environ[\"SAYLESS_APP_SECRET\"],\n    token_endpoint_auth_method=\"client_secret_basic\""
            }
            (Language::Python, ClientKind::Public) => "token_endpoint_auth_method=\"none\"",
            (Language::Json, ClientKind::Confidential) => {
                "\"CLIENT_SECRET\": \"${env:SAYLESS_APP_SECRET}\",\n        "
            }
            (Language::Json, ClientKind::Public) => "",
        }
    }

    /// `true` for a server without TLS, on one's own machine, which libraries must be told to trust.
    fn is_plain(&self) -> bool {
        self.issuer.starts_with("http://")
    }

    fn options(&self) -> &'static str {
        if self.is_plain() {
            "{\n  algorithm: \"oauth2\",\n  // The server has no TLS.\n  execute: [client.allowInsecureRequests],\n}"
        } else {
            "{ algorithm: \"oauth2\" }"
        }
    }

    fn insecure(&self) -> &'static str {
        if self.is_plain() {
            "# The server has no TLS.\nos.environ[\"AUTHLIB_INSECURE_TRANSPORT\"] = \"1\"\n"
        } else {
            ""
        }
    }
}

/// A note on openid-client, where the redirect URI has a query.
const NO_QUERY: &str = "openid-client leaves out the query of a redirect URI when it trades the code, and is refused. Register one without a query as the first.";
/// A note on the configuration for an MCP client that acts for members.
const MEMBERS_MCP: &str = "For Cursor, in mcp.json. The address is that of your own MCP server: Sayless has none. The app must have the redirect URI cursor://anysphere.cursor-mcp/oauth/callback.";
/// A note on the configuration for an MCP server that acts as the app itself.
const OWN_MCP: &str = "For an MCP server of your own, which gets tokens as the app itself. Sayless has none.";

impl Language {
    /// The tool or the library that the program is for, and the accessible name of its copy button.
    const fn tool(self) -> (&'static str, &'static str) {
        match self {
            Self::Shell => ("curl", "Copy curl commands"),
            Self::TypeScript => ("openid-client", "Copy openid-client program"),
            Self::Python => ("Authlib", "Copy Authlib program"),
            Self::Json => ("MCP", "Copy MCP configuration"),
        }
    }

    /// A value as the language quotes it.
    fn quote(self, text: &str) -> String {
        match self {
            Self::Shell => format!("'{}'", text.replace('\'', "'\\''")),
            // JSON's strings are TypeScript's and Python's, too.
            Self::TypeScript | Self::Python | Self::Json => serde_json::to_string(text).unwrap_or_default(),
        }
    }
}

/// The template with each value in its places, in one pass: what a value holds is never taken for a place.
fn fill(template: &str, values: &[(&str, String)]) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some(at) = rest.find("__") {
        let (before, place) = rest.split_at(at);
        filled.push_str(before);
        let known = values.iter().find(|(name, _)| place.starts_with(name));
        let (name, value) = known.map_or(("__", "__"), |(name, value)| (*name, value.as_str()));
        filled.push_str(value);
        rest = place.strip_prefix(name).unwrap_or_default();
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(kind: ClientKind, grants: &[GrantType]) -> Facts {
        Facts {
            issuer: "https://sayless.example".to_owned(),
            client_id: "app_01JDBN5X7W3Q9K2M4E6R8T0VYZ".to_owned(),
            redirect_uri: Some("https://acme.example/callback".to_owned()),
            scopes: vec!["tickets:read", "tickets:write"],
            kind,
            grants: grants.to_vec(),
        }
    }

    fn text(facts: &Facts, tool: &str) -> String {
        facts.snippets().into_iter().find(|snippet| snippet.tool == tool).expect(tool).text
    }

    fn tools(facts: &Facts) -> Vec<&'static str> {
        facts.snippets().iter().map(|snippet| snippet.tool).collect()
    }

    #[test]
    fn every_snippet_is_filled_in_and_reads_the_secret_from_the_environment() {
        use GrantType::{AuthorizationCode, ClientCredentials, DeviceCode};
        for kind in [ClientKind::Confidential, ClientKind::Public] {
            for grants in [&[AuthorizationCode][..], &[ClientCredentials], &[DeviceCode]] {
                for issuer in ["https://sayless.example", "http://127.0.0.1:8080"] {
                    let facts = Facts { issuer: issuer.to_owned(), ..facts(kind, grants) };
                    for Snippet { tool, text, .. } in facts.snippets() {
                        assert!(!text.contains("__"), "{tool}: {text}");
                        assert!(text.contains(&facts.client_id), "{tool}: {text}");
                        let has_secret = kind == ClientKind::Confidential;
                        assert_eq!(text.contains("SAYLESS_APP_SECRET"), has_secret, "{tool}: {text}");
                    }
                }
            }
        }
    }

    #[test]
    fn an_app_gets_the_snippets_of_its_grants() {
        use GrantType::{AuthorizationCode, ClientCredentials, DeviceCode};
        let both = facts(ClientKind::Confidential, &[AuthorizationCode, ClientCredentials]);
        assert_eq!(tools(&both), ["curl", "openid-client", "Authlib", "MCP"]);
        assert!(text(&both, "curl").contains("grant_type=client_credentials"));
        assert!(text(&both, "openid-client").contains("authorizationCodeGrant"));
        let public = facts(ClientKind::Public, &[AuthorizationCode]);
        assert!(text(&public, "curl").contains("redirect_uri='https://acme.example/callback'"));
        assert!(text(&public, "openid-client").contains("client.None()"));
        assert!(text(&public, "Authlib").contains("token_endpoint_auth_method=\"none\""));
        let device = facts(ClientKind::Public, &[DeviceCode]);
        assert_eq!(tools(&device), ["curl", "openid-client"]);
        let without_address = Facts { redirect_uri: None, ..public };
        assert_eq!(without_address.snippets(), []);
    }

    #[test]
    fn an_mcp_configuration_is_json() {
        use GrantType::{AuthorizationCode, ClientCredentials};
        for (kind, grant, client) in [
            (ClientKind::Public, AuthorizationCode, "/mcpServers/sayless/auth/CLIENT_ID"),
            (ClientKind::Confidential, AuthorizationCode, "/mcpServers/sayless/auth/CLIENT_ID"),
            (ClientKind::Confidential, ClientCredentials, "/mcpServers/sayless/env/SAYLESS_APP_ID"),
        ] {
            let facts = facts(kind, &[grant]);
            let json: serde_json::Value = serde_json::from_str(&text(&facts, "MCP")).expect("JSON");
            assert_eq!(json.pointer(client).and_then(|id| id.as_str()), Some(&*facts.client_id));
        }
    }

    #[test]
    fn a_redirect_uri_becomes_no_command() {
        let hostile = "https://acme.example/'$(id)`id`\"__SCOPE__\\";
        let facts = Facts {
            redirect_uri: Some(hostile.to_owned()),
            ..facts(ClientKind::Public, &[GrantType::AuthorizationCode])
        };
        let shell = text(&facts, "curl");
        assert!(shell.contains(r#"redirect_uri='https://acme.example/'\''$(id)`id`"__SCOPE__\'"#), "{shell}");
        let quoted = serde_json::to_string(hostile).expect("text");
        for tool in ["openid-client", "Authlib"] {
            assert!(text(&facts, tool).contains(&quoted), "{tool}");
        }
    }
}
