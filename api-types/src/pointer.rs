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

    /// The pointer to what holds this, and the member's name or the element's number in it; `None` for the whole body.
    pub fn split_last(&self) -> Option<(Self, String)> {
        let (parent, name) = self.0.rsplit_once('/')?;
        Some((Self(parent.to_owned()), name.replace("~1", "/").replace("~0", "~")))
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

    #[test]
    fn a_pointer_is_split_into_what_it_was_made_of() {
        let parent = Pointer::from("a/b");
        assert_eq!(parent.clone().member("~1").split_last(), Some((parent, "~1".to_owned())));
        assert_eq!(Pointer::whole().split_last(), None);
    }
}
