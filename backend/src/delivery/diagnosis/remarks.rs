//! Remarks on answers that count although something about their bodies was odd.

use super::{connections::seconds, wording::quoted};
use crate::delivery::send::exchange::{BodyFault, Response};

/// What was odd about an answer's body, as a sentence. None where nothing was.
pub fn remark(answer: &Response) -> Option<String> {
    Some(match answer.body_fault.as_ref()? {
        BodyFault::Endless { waited } => format!(
            "The answer's body did not end within {} of its head, so it was not read further. The status counts all the same.",
            seconds(*waited)
        ),
        BodyFault::Broken => {
            "The connection ended in the middle of the answer's body. The status counts all the same."
                .to_owned()
        }
        BodyFault::Malformed { detail } => format!(
            "The answer's body is not framed as HTTP/1.1 has it ({}). The status counts all the same.",
            quoted(detail)
        ),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn each_fault_has_its_sentence_and_a_whole_body_none() {
        let answer = |body_fault| Response {
            status: 200,
            headers: Vec::new(),
            body: String::new(),
            truncated: false,
            retry_after: None,
            location: None,
            body_fault,
        };
        assert_eq!(remark(&answer(None)), None);
        for (fault, words) in [
            (BodyFault::Endless { waited: Duration::from_secs(2) }, "did not end within 2 s"),
            (BodyFault::Broken, "in the middle of the answer's body"),
            (BodyFault::Malformed { detail: "bad\nchunk".to_owned() }, "(\u{201c}bad\u{201d})"),
        ] {
            let said = remark(&answer(Some(fault))).unwrap();
            assert!(said.contains(words) && said.ends_with("The status counts all the same."), "{said}");
        }
    }
}
