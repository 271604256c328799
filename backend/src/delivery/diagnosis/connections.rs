//! Diagnoses of attempts that brought no answer, from the name's look-up to the end of the answer's head.

use std::time::Duration;

use api_types::deliveries::{Category, Diagnosis, DiagnosisCode as Code};
use chrono::DateTime;

use super::wording::{History, of, quoted};
use crate::delivery::{
    address::Rule,
    send::exchange::{CertificateFacts, CertificateFault, FailureKind, Phase, SendFailure},
};

/// Explains a failure.
pub fn diagnose(failure: &SendFailure, history: &History) -> Diagnosis {
    match &failure.kind {
        FailureKind::NameNotFound { host, detail } => of(
            Code::DnsNotFound,
            Category::Configuration,
            format!("The name {host} has no address in the DNS ({detail})."),
            "Check the spelling of the webhook's URL and the DNS records of its host, then retry.",
        ),
        FailureKind::ResolverFailed { host, detail } => resolver_failed(host, detail, history),
        FailureKind::Blocked { address, rule: Rule::PlainHttp } => of(
            Code::DestinationBlocked,
            Category::Configuration,
            format!("The URL's host is at {address}, which may not be reached over unencrypted http."),
            "Use an https URL. Plain http is only for destinations that the operator of this server has allowed.",
        ),
        FailureKind::Blocked { address, rule } => of(
            Code::DestinationBlocked,
            Category::Configuration,
            format!("The URL's host is at {address}, {}; webhooks may not be sent there.", rule.name()),
            "Point the URL (or its DNS records) to a public address, or ask the operator of this server to allow this one.",
        ),
        FailureKind::Refused { address } => unreachable_host(
            format!(
                "{address} refused the connection: nothing is listening there, or a firewall turns us away."
            ),
            history,
        ),
        FailureKind::Unreachable { address, detail } => {
            unreachable_host(format!("{address} could not be reached ({detail})."), history)
        }
        FailureKind::ConnectTimeout { address, waited } => {
            connect_timeout(failure.phase, &address.to_string(), *waited)
        }
        FailureKind::Reset { address } => of(
            Code::ConnectionReset,
            Category::Outage,
            format!("{address} broke the connection {}.", moment(failure.phase)),
            "Look for crashes, restarts or a proxy's limits on the receiver's side. The schedule tries again.",
        ),
        FailureKind::Certificate { fault, facts } => certificate(*fault, facts.as_deref(), history),
        FailureKind::Handshake { detail } => of(
            Code::TlsHandshakeFailed,
            Category::Configuration,
            format!("No encrypted connection could be agreed upon: {detail}."),
            "Check that the URL's port speaks TLS 1.2 or 1.3 and asks for no client certificate, then retry.",
        ),
        FailureKind::ResponseTimeout { waited } => response_timeout(failure.phase, *waited),
        FailureKind::Exhausted { detail } => of(
            Code::SenderExhausted,
            Category::Ours,
            format!("Nothing was sent: our machine had nothing left to open a connection with ({detail})."),
            "Nothing is wrong with the receiver. The event is sent by itself as soon as possible; this costs no attempt of the \
             schedule.",
        ),
        FailureKind::Malformed { detail } => of(
            Code::ResponseMalformed,
            Category::Configuration,
            format!("What came back is not a valid HTTP/1.1 answer: {}.", quoted(detail)),
            "Check that the URL's port is the receiver's HTTP port and that no other service answers there, then retry.",
        ),
    }
}

fn resolver_failed(host: &str, detail: &str, history: &History) -> Diagnosis {
    let summary = format!("The name {host} could not be looked up ({detail}).");
    if history.last_success_at.is_some() {
        return of(
            Code::DnsUnavailable,
            Category::Outage,
            summary,
            "It resolved before: the name servers of this domain may be down for now. The schedule tries again.",
        );
    }
    of(
        Code::DnsUnavailable,
        Category::Ours,
        summary,
        "Our resolver may be at fault; retrying costs nothing. If it goes on, check the domain's name servers.",
    )
}

fn unreachable_host(summary: String, history: &History) -> Diagnosis {
    if history.last_success_at.is_some() {
        return of(
            Code::ConnectionRefused,
            Category::Outage,
            summary,
            "Start the receiver again. The schedule tries again by itself; retry by hand once it is up.",
        );
    }
    of(
        Code::ConnectionRefused,
        Category::Configuration,
        summary,
        "This webhook has not reached its receiver once. Check the host and port of its URL and that the receiver runs, then retry.",
    )
}

fn connect_timeout(phase: Phase, address: &str, waited: Duration) -> Diagnosis {
    let seconds = seconds(waited);
    let summary = if phase == Phase::Tls {
        format!("{address} accepted the connection, but the TLS handshake did not end within {seconds}.")
    } else {
        format!("{address} did not accept the connection within {seconds}.")
    };
    of(
        Code::ConnectTimeout,
        Category::Outage,
        summary,
        "The receiver may be down or overloaded, or a firewall drops our packets. The schedule tries again.",
    )
}

fn response_timeout(phase: Phase, waited: Duration) -> Diagnosis {
    let seconds = seconds(waited);
    let summary = match phase {
        Phase::Wait => format!("The receiver took the message, but did not answer within {seconds}."),
        Phase::Send | Phase::Resolve | Phase::Connect | Phase::Tls => {
            format!(
                "The receiver accepted the connection, but did not take the whole message within {seconds}."
            )
        }
    };
    of(
        Code::ResponseTimeout,
        Category::Outage,
        summary,
        "Let the receiver answer as soon as it has stored the event, and do the work afterwards. The schedule tries again.",
    )
}

fn certificate(fault: CertificateFault, facts: Option<&CertificateFacts>, history: &History) -> Diagnosis {
    let (code, summary, advice) = match fault {
        CertificateFault::Expired => (
            Code::TlsCertificateExpired,
            format!(
                "The receiver's certificate has expired{}.",
                facts.map_or_else(String::new, |f| since(f, history))
            ),
            "Renew the certificate on the receiver, then retry.",
        ),
        CertificateFault::NotYetValid => (
            Code::TlsCertificateNotYetValid,
            match facts {
                Some(facts) => {
                    format!("The receiver's certificate is valid only from {}.", date(facts.not_before))
                }
                None => "The receiver's certificate is not valid yet.".to_owned(),
            },
            "Install a certificate that is valid today, and check the clock of the machine that issued it.",
        ),
        CertificateFault::WrongName => (
            Code::TlsHostnameMismatch,
            format!(
                "The receiver's certificate is not for this host{}.",
                facts.map_or_else(String::new, names)
            ),
            "Use one of the certificate's names in the webhook's URL, or install a certificate for this host.",
        ),
        CertificateFault::UntrustedIssuer => (
            Code::TlsUntrustedIssuer,
            match facts {
                Some(facts) if facts.self_signed => {
                    format!("The receiver's certificate is self-signed ({}).", quoted(&facts.subject))
                }
                Some(facts) => {
                    format!(
                        "The receiver's certificate was issued by {}, which is not trusted.",
                        quoted(&facts.issuer)
                    )
                }
                None => "The issuer of the receiver's certificate is not trusted.".to_owned(),
            },
            "Install a certificate of a public authority, with its intermediate certificates, then retry.",
        ),
    };
    of(code, Category::Configuration, summary, advice)
}

fn since(facts: &CertificateFacts, history: &History) -> String {
    let days = (history.now / 1000).saturating_sub(facts.not_after) / 86_400;
    let ago = match days {
        ..=0 => String::new(),
        1 => ", a day ago".to_owned(),
        days => format!(", {days} days ago"),
    };
    format!(" on {}{ago}", date(facts.not_after))
}

fn names(facts: &CertificateFacts) -> String {
    if facts.names.is_empty() {
        return "; it names no host at all".to_owned();
    }
    format!("; it is for {}", quoted(&facts.names.join(", ")))
}

fn date(unix_seconds: i64) -> String {
    DateTime::from_timestamp_secs(unix_seconds)
        .map_or_else(|| "an unknown date".to_owned(), |date| date.format("%-d %B %Y").to_string())
}

const fn moment(phase: Phase) -> &'static str {
    match phase {
        Phase::Resolve | Phase::Connect => "while it was being opened",
        Phase::Tls => "during the TLS handshake",
        Phase::Send => "before it had taken the message",
        Phase::Wait => "before it had answered",
    }
}

pub(super) fn seconds(duration: Duration) -> String {
    let tenths = (duration.as_millis() + 50) / 100;
    if tenths.is_multiple_of(10) || tenths > 100 {
        format!("{} s", tenths / 10)
    } else {
        format!("{}.{} s", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;

    const NOW: i64 = 1_795_000_000_000;
    const NEW: History = History { now: NOW, last_success_at: None, secret_rotated_at: None };
    const KNOWN: History =
        History { now: NOW, last_success_at: Some(NOW - 86_400_000), secret_rotated_at: None };

    fn address() -> SocketAddr {
        "203.0.113.7:443".parse().unwrap()
    }

    fn explained(phase: Phase, kind: FailureKind, history: &History) -> (Code, Category, String) {
        let diagnosis = diagnose(&SendFailure { phase, kind }, history);
        assert!(diagnosis.advice.ends_with('.') && diagnosis.summary.ends_with('.'), "{diagnosis:?}");
        (diagnosis.code, diagnosis.category, diagnosis.summary)
    }

    fn facts() -> CertificateFacts {
        CertificateFacts {
            subject: "CN=receiver".to_owned(),
            names: vec!["a.example".to_owned(), "b.example".to_owned()],
            issuer: "CN=Corp CA".to_owned(),
            self_signed: false,
            not_before: NOW / 1000 + 86_400,
            not_after: NOW / 1000 - 5 * 86_400,
        }
    }

    #[test]
    fn names() {
        let host = "hooks.example".to_owned();
        let unknown = FailureKind::NameNotFound { host: host.clone(), detail: "NXDOMAIN".to_owned() };
        let (code, category, summary) = explained(Phase::Resolve, unknown, &NEW);
        assert_eq!((code, category), (Code::DnsNotFound, Category::Configuration));
        assert_eq!(summary, "The name hooks.example has no address in the DNS (NXDOMAIN).");
        for (history, expected) in [(&NEW, Category::Ours), (&KNOWN, Category::Outage)] {
            let failed = FailureKind::ResolverFailed { host: host.clone(), detail: "SERVFAIL".to_owned() };
            let (code, category, _) = explained(Phase::Resolve, failed, history);
            assert_eq!((code, category), (Code::DnsUnavailable, expected));
        }
    }

    #[test]
    fn blocked_destinations() {
        let ip = "10.0.0.7".parse().unwrap();
        let blocked = FailureKind::Blocked { address: ip, rule: Rule::Private };
        let (code, category, summary) = explained(Phase::Connect, blocked, &NEW);
        assert_eq!((code, category), (Code::DestinationBlocked, Category::Configuration));
        assert_eq!(
            summary,
            "The URL's host is at 10.0.0.7, a private network address; webhooks may not be sent there."
        );
        let plain = FailureKind::Blocked { address: ip, rule: Rule::PlainHttp };
        let (code, _, summary) = explained(Phase::Connect, plain, &NEW);
        assert_eq!(code, Code::DestinationBlocked);
        assert!(summary.contains("unencrypted http"));
    }

    #[test]
    fn connections() {
        for kind in [
            FailureKind::Refused { address: address() },
            FailureKind::Unreachable { address: address(), detail: "host unreachable".to_owned() },
        ] {
            for (history, expected) in [(&NEW, Category::Configuration), (&KNOWN, Category::Outage)] {
                let (code, category, summary) = explained(Phase::Connect, kind.clone(), history);
                assert_eq!((code, category), (Code::ConnectionRefused, expected));
                assert!(summary.starts_with("203.0.113.7:443 "));
            }
        }
        for (phase, words) in [(Phase::Connect, "did not accept"), (Phase::Tls, "TLS handshake did not end")]
        {
            let late = FailureKind::ConnectTimeout { address: address(), waited: Duration::from_secs(5) };
            let (code, category, summary) = explained(phase, late, &NEW);
            assert_eq!((code, category), (Code::ConnectTimeout, Category::Outage));
            assert!(summary.contains(words) && summary.contains(" 5 s"), "{summary}");
        }
        for (phase, words) in
            [(Phase::Tls, "during the TLS handshake"), (Phase::Wait, "before it had answered")]
        {
            let (code, category, summary) = explained(phase, FailureKind::Reset { address: address() }, &NEW);
            assert_eq!((code, category), (Code::ConnectionReset, Category::Outage));
            assert!(summary.contains(words), "{summary}");
        }
    }

    #[test]
    fn certificates() {
        for (fault, code, words) in [
            (
                CertificateFault::Expired,
                Code::TlsCertificateExpired,
                "expired on 13 November 2026, 5 days ago",
            ),
            (CertificateFault::NotYetValid, Code::TlsCertificateNotYetValid, "only from 19 November 2026"),
            (CertificateFault::WrongName, Code::TlsHostnameMismatch, "it is for “a.example, b.example”"),
            (CertificateFault::UntrustedIssuer, Code::TlsUntrustedIssuer, "issued by “CN=Corp CA”"),
        ] {
            let kind = FailureKind::Certificate { fault, facts: Some(Box::new(facts())) };
            let (found, category, summary) = explained(Phase::Tls, kind, &NEW);
            assert_eq!((found, category), (code, Category::Configuration));
            assert!(summary.contains(words), "{summary}");
            let bare = FailureKind::Certificate { fault, facts: None };
            assert_eq!(explained(Phase::Tls, bare, &NEW).0, code);
        }
        let own = CertificateFacts { self_signed: true, ..facts() };
        let kind =
            FailureKind::Certificate { fault: CertificateFault::UntrustedIssuer, facts: Some(Box::new(own)) };
        assert!(explained(Phase::Tls, kind, &NEW).2.contains("self-signed"));
        let handshake = FailureKind::Handshake { detail: "the receiver's answer was not TLS".to_owned() };
        let (code, category, _) = explained(Phase::Tls, handshake, &NEW);
        assert_eq!((code, category), (Code::TlsHandshakeFailed, Category::Configuration));
    }

    #[test]
    fn answers_that_never_came() {
        for (phase, words) in [(Phase::Send, "whole message"), (Phase::Wait, "did not answer")] {
            let late = FailureKind::ResponseTimeout { waited: Duration::from_millis(14_999) };
            let (code, category, summary) = explained(phase, late, &NEW);
            assert_eq!((code, category), (Code::ResponseTimeout, Category::Outage));
            assert!(summary.contains(words) && summary.contains(" 15 s"), "{summary}");
        }
        let garbage = FailureKind::Malformed { detail: "invalid HTTP version parsed".to_owned() };
        let (code, category, _) = explained(Phase::Wait, garbage, &NEW);
        assert_eq!((code, category), (Code::ResponseMalformed, Category::Configuration));
    }

    #[test]
    fn our_own_shortage_is_ours_whatever_the_history() {
        for history in [&NEW, &KNOWN] {
            for phase in [Phase::Resolve, Phase::Connect] {
                let kind = FailureKind::Exhausted { detail: "too many open files".to_owned() };
                let (code, category, _) = explained(phase, kind, history);
                assert_eq!((code, category), (Code::SenderExhausted, Category::Ours));
            }
        }
    }

    #[test]
    fn interruptions_count_against_nobody() {
        let diagnosis = super::super::interrupted();
        assert_eq!((diagnosis.code, diagnosis.category), (Code::Interrupted, Category::Ours));
    }
}
