//! User codes: what a person reads on a device and types on another (RFC 8628, section 6.1). Eight of twenty letters are 34 bits;
//! [`Guess`](crate::oauth::limits::Guess) bounds how many may be tried.

use crate::random::Random;

/// The letters: no vowels, so that they spell no words, and no digits, which look like letters.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const LEN: usize = 8;
/// The most bytes of a text that is taken for a code.
const MAX_TEXT: usize = 64;

/// A new code: its letters alone.
pub fn new(random: &Random) -> String {
    // Of 128 bits, what is left over by the division is too little to matter.
    let mut number = u128::from_be_bytes(random.bytes::<16>());
    let mut code = String::with_capacity(LEN);
    for _ in 0..LEN {
        let at = usize::try_from(number % 20).unwrap_or_default();
        code.push(char::from(LETTERS[at]));
        number /= 20;
    }
    code
}

/// A code as the device shows it: `WDJB-MJHT`.
pub fn shown(code: &str) -> String {
    let (first, second) = code.split_at(code.len() / 2);
    format!("{first}-{second}")
}

/// The letters of a code that a person typed, in any case and with anything between them; `None` where it is no code.
pub fn read(text: &str) -> Option<String> {
    if text.len() > MAX_TEXT {
        return None;
    }
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    let code: String = letters.map(|c| c.to_ascii_uppercase()).collect();
    (code.len() == LEN && code.bytes().all(|byte| LETTERS.contains(&byte))).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let random = Random::from_seed(1);
        let mut seen = String::new();
        for _ in 0..100 {
            let code = new(&random);
            let shown = shown(&code);
            assert_eq!((shown.len(), shown.chars().nth(4)), (9, Some('-')));
            for typed in [
                shown.clone(),
                code.to_lowercase(),
                format!(" {} ", shown.replace('-', " ")),
                format!("{shown}."),
            ] {
                assert_eq!(read(&typed).as_deref(), Some(code.as_str()), "{typed}");
            }
            seen.push_str(&code);
        }
        assert!(LETTERS.iter().all(|letter| seen.contains(char::from(*letter))), "{seen}");
        for bad in
            ["", "WDJB-MJH", "WDJB-MJHTT", "WDJA-MJHT", "WDJ0-MJHT", "WDJB-MJH\u{212a}", &"-".repeat(65)]
        {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
