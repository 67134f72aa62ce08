//! What may be typed while the cluster runs.

use std::io::BufRead as _;

use tokio::sync::mpsc;

/// Something to be done to a process, or to each instance after the other.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Order {
    /// Without a warning, as if its machine failed.
    Kill(String),
    /// By SIGTERM: it finishes what it has begun.
    Stop(String),
    Start(String),
    /// Stops and starts the instances, one at a time, as a deployment does.
    Roll,
}

impl Order {
    /// Reads a line; the error says what it may be.
    pub(crate) fn read(line: &str) -> Result<Self, String> {
        let words: Vec<_> = line.split_whitespace().collect();
        match words[..] {
            ["kill", name] => Ok(Self::Kill(name.to_owned())),
            ["stop", name] => Ok(Self::Stop(name.to_owned())),
            ["start", name] => Ok(Self::Start(name.to_owned())),
            ["roll"] => Ok(Self::Roll),
            _ => Err(format!("'{}' is no order; there are: {HELP}", line.trim())),
        }
    }
}

/// Hands over what is typed, without blanks, until the input ends.
pub(crate) fn listen() -> mpsc::UnboundedReceiver<String> {
    let (sender, lines) = mpsc::unbounded_channel();
    // A thread that nobody waits for: reading cannot be interrupted.
    std::thread::spawn(move || {
        let lines = std::io::stdin().lock().lines().map_while(Result::ok);
        for line in lines.filter(|line| !line.trim().is_empty()) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

pub(crate) const HELP: &str =
    "kill NAME, stop NAME, start NAME (one, two, three, redis), roll, and Ctrl-C";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_and_others_explained() {
        assert_eq!(
            Order::read(" kill  two "),
            Ok(Order::Kill("two".to_owned()))
        );
        assert_eq!(Order::read("roll"), Ok(Order::Roll));
        for line in ["kill", "kill one two", "roll one", "KILL one", ""] {
            let refusal = Order::read(line).unwrap_err();
            assert!(refusal.contains("start NAME"), "{refusal}");
        }
    }
}
