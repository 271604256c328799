//! JSON Pointers (RFC 6901): the place of a field in a body, such as `/redirect_uris/0`.

use std::fmt;

/// The place of a field in a body. The empty pointer is the whole body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pointer(String);

impl Pointer {
    /// The whole body.
    pub const fn whole() -> Self {
        Self(String::new())
    }

    /// A member of the object that is here.
    #[must_use]
    pub fn member(mut self, name: &str) -> Self {
        self.0.push('/');
        self.0.push_str(&name.replace('~', "~0").replace('/', "~1"));
        self
    }

    /// An element of the list that is here.
    #[must_use]
    pub fn element(self, at: usize) -> Self {
        self.member(&at.to_string())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A member of the body.
impl From<&str> for Pointer {
    fn from(name: &str) -> Self {
        Self::whole().member(name)
    }
}

/// An element of a list that is a member of the body.
impl From<(&str, usize)> for Pointer {
    fn from((name, at): (&str, usize)) -> Self {
        Self::from(name).element(at)
    }
}

#[cfg(test)]
mod tests {
    use super::Pointer;

    #[test]
    fn names_are_escaped() {
        assert_eq!(Pointer::whole().as_str(), "");
        assert_eq!(Pointer::from(("scopes", 2)).as_str(), "/scopes/2");
        assert_eq!(Pointer::from("a/b~c").member("").as_str(), "/a~1b~0c/");
    }
}
