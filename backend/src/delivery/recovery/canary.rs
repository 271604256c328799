//! The judgement on a stage of a canary. Pure code.

use std::collections::HashMap;

use api_types::{
    Timestamp,
    deliveries::{DeliveryStatus, Diagnosis, DiagnosisCode},
    ids::DeliveryId,
    recoveries::Stopped,
};

use crate::db::recoveries::{CanaryStage, Candidate};

/// What the results of a stage say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    /// Results are still to come, and may decide.
    Waits,
    /// The stage is over, and most of its deliveries did not fail.
    Passed,
    /// Half of the stage's deliveries have failed, or more.
    Failed(Box<Stopped>),
}

/// Judges a stage by its deliveries as they are now. `begun` is the time at which the recovery was asked for.
pub(super) fn judge(stage: &CanaryStage, now: &[Candidate], begun: Timestamp) -> Judgement {
    let Some(size) = stage.size() else { return Judgement::Passed };
    let before: HashMap<DeliveryId, Option<DiagnosisCode>> = stage.tried.iter().copied().collect();
    let mut under_way = 0;
    let mut failed: Vec<(&Diagnosis, bool)> = Vec::new();
    for candidate in now {
        if candidate.lease_attempt_id.is_some() || candidate.manual_attempt_id.is_some() {
            under_way += 1;
        } else if let Some(diagnosis) = failure(candidate, begun) {
            let repeated = before.get(&candidate.id) == Some(&Some(diagnosis.code));
            failed.push((diagnosis, repeated));
        }
    }
    // The last stage but one may find fewer deliveries than it is for: then the recovery is done.
    if failed.len() * 2 >= size {
        return Judgement::Failed(Box::new(stopped(stage, &failed)));
    }
    if under_way > 0 || stage.tried.len() < size { Judgement::Waits } else { Judgement::Passed }
}

/// The diagnosis of an attempt that has failed since.
fn failure(candidate: &Candidate, begun: Timestamp) -> Option<&Diagnosis> {
    let attempted = candidate.last_attempt_at.is_some_and(|at| at >= begun);
    let waits_for_first = candidate.status == DeliveryStatus::Pending;
    candidate.last_diagnosis.as_ref().filter(|_| attempted && !waits_for_first).map(|diagnosis| &diagnosis.0)
}

fn stopped(stage: &CanaryStage, failed: &[(&Diagnosis, bool)]) -> Stopped {
    let mut codes: HashMap<DiagnosisCode, usize> = HashMap::new();
    for (diagnosis, _) in failed {
        *codes.entry(diagnosis.code).or_default() += 1;
    }
    let commonest = failed.iter().max_by_key(|(diagnosis, _)| codes.get(&diagnosis.code));
    let diagnosis = commonest.map(|(diagnosis, _)| (*diagnosis).clone());
    let repeated = failed.iter().filter(|(_, repeated)| *repeated).count();
    let reason = reason(stage.tried.len(), failed.len(), repeated, diagnosis.as_ref());
    Stopped {
        reason,
        failed: failed.len() as u64,
        repeated: repeated as u64,
        tried: stage.tried.len() as u64,
        diagnosis,
    }
}

fn reason(tried: usize, failed: usize, repeated: usize, diagnosis: Option<&Diagnosis>) -> String {
    let what = match (tried, failed) {
        (1, _) => "The delivery that was tried failed".to_owned(),
        (tried, failed) if tried == failed => format!("All {tried} deliveries of this stage failed"),
        (tried, failed) => format!("{failed} of the {tried} deliveries of this stage failed"),
    };
    let again = match repeated {
        0 => "",
        all if all == failed => ", as before",
        _ => ", most of them as before",
    };
    let why = diagnosis.map_or_else(String::new, |diagnosis| format!(": {}", diagnosis.code.phrase()));
    format!("{what}{again}{why}. Fix the receiver first; nothing more is sent meanwhile.")
}

#[cfg(test)]
mod tests {
    use api_types::{
        deliveries::{Category, RetryHelps},
        events::EventType,
        ids::{AttemptId, WebhookId},
    };

    use super::*;
    use crate::db::Json;

    const BEGUN: Timestamp = Timestamp::from_millis(1_795_000_000_000);

    fn diagnosis(code: DiagnosisCode) -> Diagnosis {
        Diagnosis {
            code,
            category: Category::Configuration,
            summary: String::new(),
            advice: String::new(),
            retry_helps: RetryHelps::AfterFix,
            wait_until: None,
        }
    }

    fn id(number: usize) -> DeliveryId {
        DeliveryId::from_parts(0, number as u128)
    }

    fn candidate(number: usize) -> Candidate {
        Candidate {
            id: id(number),
            webhook_id: WebhookId::from_parts(0, 1),
            event_type: EventType::TicketCreated,
            status: DeliveryStatus::Canceled,
            cancel_reason: None,
            last_diagnosis: None,
            last_category: None,
            manual_attempt_id: None,
            lease_attempt_id: None,
            last_attempt_at: Some(BEGUN + 1),
            finished_at: None,
        }
    }

    fn failed(number: usize) -> Candidate {
        Candidate {
            last_diagnosis: Some(Json::new(diagnosis(DiagnosisCode::Unauthorized))),
            ..candidate(number)
        }
    }

    fn waiting(number: usize) -> Candidate {
        Candidate { manual_attempt_id: Some(AttemptId::from_parts(0, 1)), ..failed(number) }
    }

    fn ten(before: Option<DiagnosisCode>) -> CanaryStage {
        CanaryStage { stage: 2, tried: (0..10).map(|number| (id(number), before)).collect() }
    }

    #[test]
    fn a_stage_fails_with_half_of_its_deliveries_and_says_so() {
        let known = Some(DiagnosisCode::Unauthorized);
        let four: Vec<Candidate> = (0..4).map(failed).chain((4..10).map(candidate)).collect();
        assert_eq!(judge(&ten(known), &four, BEGUN), Judgement::Passed);
        let some: Vec<Candidate> = (0..4).map(failed).chain((4..10).map(waiting)).collect();
        assert_eq!(judge(&ten(known), &some, BEGUN), Judgement::Waits);
        let five: Vec<Candidate> = (0..5).map(failed).chain((5..10).map(waiting)).collect();
        let Judgement::Failed(stopped) = judge(&ten(known), &five, BEGUN) else { panic!("it goes on") };
        assert_eq!((stopped.failed, stopped.repeated, stopped.tried), (5, 5, 10));
        assert!(
            stopped
                .reason
                .starts_with("5 of the 10 deliveries of this stage failed, as before: Not authorized"),
            "{}",
            stopped.reason
        );
        assert_eq!(stopped.diagnosis.map(|diagnosis| diagnosis.code), known);
        let Judgement::Failed(new) = judge(&ten(None), &five, BEGUN) else { panic!("it goes on") };
        assert_eq!((new.failed, new.repeated), (5, 0));
    }

    #[test]
    fn a_single_delivery_decides_the_first_stage() {
        let stage = CanaryStage { stage: 1, tried: vec![(id(1), None)] };
        assert_eq!(judge(&stage, &[waiting(1)], BEGUN), Judgement::Waits);
        assert_eq!(judge(&stage, &[candidate(1)], BEGUN), Judgement::Passed);
        assert!(matches!(judge(&stage, &[failed(1)], BEGUN), Judgement::Failed(_)));
        // A failure of long ago says nothing: the attempt was withdrawn.
        let old = Candidate { last_attempt_at: Some(BEGUN - 1), ..failed(1) };
        assert_eq!(judge(&stage, &[old], BEGUN), Judgement::Passed);
        assert_eq!(judge(&CanaryStage::FIRST, &[], BEGUN), Judgement::Waits);
        assert_eq!(judge(&CanaryStage { stage: 4, tried: Vec::new() }, &[], BEGUN), Judgement::Passed);
    }
}
