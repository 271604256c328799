//! One method of a resource: its arguments, its docstring and the call that it makes.

use super::text::{add, docstring_with, escape, hanging};
use super::types::{Side, Types, description, properties};
use crate::document::{Answer, Operation};
use anyhow::Result;

const IF_MATCH: &str =
    "The `etag` of the version that is meant: another one is refused with `PreconditionFailedError`.";
const IDEMPOTENCY_KEY: &str =
    "A text of your own in place of a random one: the same key with the same arguments does it once only.";
const TIMEOUT: &str = "timeout: Seconds for each step of the request, in place of the client's.";

/// The two kinds of a method.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Sync,
    Async,
}

/// An argument of a method.
struct Argument {
    /// The name in Python.
    name: String,
    /// The name on the wire.
    wire: String,
    kind: String,
    /// Empty where the argument must be given.
    default: &'static str,
    description: String,
}

/// A method, with everything that both kinds of it have in common.
pub struct Method<'a> {
    operation: &'a Operation,
    path: Vec<Argument>,
    body: Vec<Argument>,
    query: Vec<Argument>,
    /// The class of the answer, or of a list's items.
    answer: Option<String>,
}

impl<'a> Method<'a> {
    pub fn read(operation: &'a Operation, types: &mut Types<'_>) -> Result<Self> {
        let path = operation
            .path_parameters
            .iter()
            .map(|parameter| Argument::new(&parameter.name, "str".to_owned(), "", &parameter.description));
        let path = path.collect();
        let mut query = Vec::new();
        for parameter in &operation.query {
            let kind = types.of(&parameter.schema, Side::Body)?;
            let one = kind.strip_prefix("Sequence[").and_then(|rest| rest.strip_suffix(']'));
            let kind = one.map_or_else(|| kind.clone(), |one| format!("Union[{one}, {kind}]"));
            query.push(Argument::new(
                &parameter.name,
                format!("Optional[{kind}]"),
                "None",
                &parameter.description,
            ));
        }
        let answer = match &operation.answer {
            Answer::Nothing => None,
            Answer::Object(name) | Answer::Page { item: name, .. } => Some(name.clone()),
        };
        types.models.extend(answer.clone());
        Ok(Self { operation, path, body: body(operation, types)?, query, answer })
    }

    /// The method's text.
    pub fn write(&self, mode: Mode) -> String {
        let paged = matches!(self.operation.answer, Answer::Page { .. });
        let waits = mode == Mode::Async && !paged;
        let prefix = if waits { "async " } else { "" };
        let name = escape(&self.operation.name.method);
        let mut out = format!("\n    {prefix}def {name}(\n        self,\n");
        for argument in &self.path {
            out += &argument.line();
        }
        out += "        *,\n";
        let (required, optional): (Vec<_>, Vec<_>) =
            self.body.iter().partition(|argument| argument.default.is_empty());
        for argument in required.into_iter().chain(optional).chain(&self.query) {
            out += &argument.line();
        }
        for (is_taken, name) in
            [(self.operation.conditional, "if_match"), (self.operation.idempotent, "idempotency_key")]
        {
            if is_taken {
                add(&mut out, format_args!("        {name}: Optional[str] = None,\n"));
            }
        }
        out += "        timeout: OrOmit[Timeout] = OMIT,\n";
        add(&mut out, format_args!("    ) -> {}:\n", self.result(mode)));
        out += &docstring_with(&self.description(), &self.arguments(), 8);
        out += &self.call();
        out + &self.end(mode)
    }

    fn result(&self, mode: Mode) -> String {
        let paged = if mode == Mode::Async { "AsyncPaged" } else { "Paged" };
        match (&self.operation.answer, &self.answer) {
            (Answer::Page { .. }, Some(item)) => format!("{paged}[{item}]"),
            (_, answer) => answer.clone().unwrap_or_else(|| "None".to_owned()),
        }
    }

    /// The docstring's part about the arguments.
    fn arguments(&self) -> Vec<String> {
        let mut lines = vec![String::new(), "Args:".to_owned()];
        for argument in self.path.iter().chain(&self.body).chain(&self.query) {
            lines.extend(hanging(&format!("{}: {}", argument.name, argument.description), 4, 8));
        }
        for (is_taken, name, description) in [
            (self.operation.conditional, "if_match", IF_MATCH),
            (self.operation.idempotent, "idempotency_key", IDEMPOTENCY_KEY),
        ] {
            if is_taken {
                lines.extend(hanging(&format!("{name}: {description}"), 4, 8));
            }
        }
        lines.extend(hanging(TIMEOUT, 4, 8));
        lines
    }

    /// Markdown.
    fn description(&self) -> String {
        let operation = self.operation;
        let mut text = format!("{}.\n\n", operation.summary);
        if operation.deprecated {
            text += "Deprecated.\n\n";
        }
        format!("{text}{}", operation.description)
    }

    fn call(&self) -> String {
        let operation = self.operation;
        let mut path = operation.path.clone();
        for argument in &self.path {
            path =
                path.replace(&format!("{{{}}}", argument.wire), &format!("{{segment({})}}", argument.name));
        }
        let format = if self.path.is_empty() { "" } else { "f" };
        let mut out = format!(
            "        call = Call(\n            \"{}\",\n            {format}\"{path}\",\n",
            operation.method
        );
        for (name, arguments) in [("query", &self.query), ("body", &self.body)] {
            if arguments.is_empty() {
                continue;
            }
            add(&mut out, format_args!("            {name}={{\n"));
            for argument in arguments {
                add(&mut out, format_args!("                \"{}\": {},\n", argument.wire, argument.name));
            }
            out += "            },\n";
        }
        if operation.conditional {
            out += "            if_match=if_match,\n";
        }
        if operation.idempotent {
            out += "            idempotency_key=idempotency_key or new_key(),\n";
        }
        out + "            timeout=timeout,\n        )\n"
    }

    fn end(&self, mode: Mode) -> String {
        let wait = if mode == Mode::Async { "await " } else { "" };
        let Some(answer) = &self.answer else {
            return format!("        {wait}self._connection.do(call)\n");
        };
        if self.operation.answer == Answer::Object(answer.clone()) {
            return format!("        return {wait}self._connection.get({answer}, call)\n");
        }
        let paged = if mode == Mode::Async { "AsyncPaged" } else { "Paged" };
        let takes = |name: &str| self.query.iter().any(|argument| argument.wire == name);
        let listing = if self.operation.has_pages() {
            format!("Listing({answer}, call)")
        } else if takes("after") {
            format!("Listing({answer}, call, cursor=\"after\", is_log=True)")
        } else {
            format!("Listing({answer}, call, cursor=None)")
        };
        format!("        return {paged}(self._connection, {listing})\n")
    }
}

impl Argument {
    fn new(wire: &str, kind: String, default: &'static str, description: &str) -> Self {
        // How HTTP has it, and how Python has it.
        let description = description
            .replace("several by repeating the parameter or separated by commas", "a list for several");
        Self { name: escape(wire), wire: wire.to_owned(), kind, default, description }
    }

    /// The argument in the method's head.
    fn line(&self) -> String {
        let Self { name, kind, default, .. } = self;
        let default = if default.is_empty() { String::new() } else { format!(" = {default}") };
        format!("        {name}: {kind}{default},\n")
    }
}

fn body(operation: &Operation, types: &mut Types<'_>) -> Result<Vec<Argument>> {
    let Some(body) = &operation.body else { return Ok(Vec::new()) };
    let mut arguments = Vec::new();
    for (name, property, required) in properties(types.schema(&body.schema)?) {
        let mut kind = types.of(property, Side::Body)?;
        if !required {
            kind = format!("OrOmit[{kind}]");
        }
        let default = if required { "" } else { "OMIT" };
        arguments.push(Argument::new(name, kind, default, description(property)));
    }
    Ok(arguments)
}
