//! Nothing here: the story is in tests/.
