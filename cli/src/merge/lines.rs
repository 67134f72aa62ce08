//! Three texts merged line by line.

use diffy::{ConflictStyle, IncompleteHunkStyle, MergeOptions, create_patch};

/// A merge by lines.
pub(super) struct Lines {
    /// The text with both sides' changes; where they conflict, ours.
    pub(super) mine: String,
    /// The same; where they conflict, theirs.
    pub(super) new: String,
    /// The lines of ours at which conflicts begin, counted from 1.
    pub(super) conflicts: Vec<usize>,
}

/// Merges by lines. No marker ever leaves this function.
pub(super) fn merge_lines(base: &str, ours: &str, theirs: &str) -> Lines {
    let length = marker_length([base, ours, theirs]);
    let mut options = MergeOptions::new();
    options
        .set_conflict_style(ConflictStyle::Diff3)
        .set_incomplete_hunk_style(IncompleteHunkStyle::Git)
        .set_conflict_marker_length(length);
    match options.merge(base, ours, theirs) {
        Ok(text) => Lines {
            mine: text.clone(),
            new: text,
            conflicts: Vec::new(),
        },
        Err(marked) => resolve(&marked, length, ours, theirs),
    }
}

/// Merges by lines, with both versions and the base of what both have changed between markers, as
/// version control shows it.
pub(super) fn marked_lines(base: &str, ours: &str, theirs: &str) -> String {
    let mut options = MergeOptions::new();
    options
        .set_conflict_style(ConflictStyle::Diff3)
        .set_conflict_marker_length(marker_length([base, ours, theirs]));
    options
        .merge(base, ours, theirs)
        .unwrap_or_else(|marked| marked)
}

/// Which part of a conflict a line is in.
#[derive(Clone, Copy)]
enum Part {
    Both,
    Ours,
    Base,
    Theirs,
}

fn resolve(marked: &str, length: usize, ours: &str, theirs: &str) -> Lines {
    let run = |c: char| c.to_string().repeat(length);
    let [begin, base, middle, end] = ['<', '|', '=', '>'].map(run);
    let (mut mine, mut new) = (String::new(), String::new());
    let mut starts = Vec::new();
    let mut part = Part::Both;
    for line in marked.split_inclusive('\n') {
        part = match part {
            Part::Both if line.starts_with(&begin) => {
                starts.push(mine.matches('\n').count());
                Part::Ours
            }
            Part::Ours if line.starts_with(&base) => Part::Base,
            Part::Base if line.starts_with(&middle) => Part::Theirs,
            Part::Theirs if line.starts_with(&end) => Part::Both,
            same => {
                if matches!(same, Part::Both | Part::Ours) {
                    mine.push_str(line);
                }
                if matches!(same, Part::Both | Part::Theirs) {
                    new.push_str(line);
                }
                same
            }
        };
    }
    // A conflict at the end of a file got a newline that neither side need have.
    for (text, side) in [(&mut mine, ours), (&mut new, theirs)] {
        if !side.ends_with('\n') && text.ends_with('\n') {
            text.pop();
        }
    }
    let conflicts = starts
        .into_iter()
        .map(|line| line_before(ours, &mine, line) + 1);
    let conflicts = conflicts.collect();
    Lines {
        mine,
        new,
        conflicts,
    }
}

/// The line of `before` that stands at this line of `after`, both counted from 0.
fn line_before(before: &str, after: &str, line: usize) -> usize {
    let patch = create_patch(before, after);
    let mut place = line;
    for hunk in patch.hunks() {
        let (old, new) = (hunk.old_range(), hunk.new_range());
        if new.start() > line {
            break;
        }
        // Lines count from 1 in a hunk; those of a hunk itself are counted one by one.
        let mut at = (old.start().saturating_sub(1), new.start().saturating_sub(1));
        for entry in hunk.lines() {
            if at.1 >= line {
                break;
            }
            match entry {
                diffy::Line::Context(_) => at = (at.0 + 1, at.1 + 1),
                diffy::Line::Delete(_) => at.0 += 1,
                diffy::Line::Insert(_) => at.1 += 1,
            }
        }
        place = at.0 + line.saturating_sub(at.1);
    }
    place
}

/// Longer than any run of a marker's character in the texts, so that none is mistaken for one.
fn marker_length(texts: [&str; 3]) -> usize {
    let mut longest = 6;
    for text in texts {
        let (mut run, mut last) = (0, ' ');
        for c in text.chars() {
            run = if c == last { run + 1 } else { 1 };
            last = c;
            if matches!(c, '<' | '|' | '=' | '>') {
                longest = longest.max(run);
            }
        }
    }
    longest + 1
}

#[cfg(test)]
mod tests {
    use super::merge_lines;

    #[test]
    fn changes_in_different_places_meet() {
        let base = "a\nb\nc\nd\ne\nf\n";
        let merged = merge_lines(base, "a\nb2\nc\nd\ne\nf\n", "a\nb\nc\nd\ne2\nf\n");
        assert_eq!(merged.mine, "a\nb2\nc\nd\ne2\nf\n");
        assert!(merged.conflicts.is_empty());
    }

    #[test]
    fn a_conflict_is_told_by_its_line_in_ours() {
        let base = "a\nb\nc\nd\ne\nf\ng\n";
        // Theirs adds lines above, which moves the conflict in the merged text, not in ours.
        let merged = merge_lines(
            base,
            "a\nb\nc\nd\ne\nmine\ng\n",
            "x\ny\na\nb\nc\nd\ne\nnew\ng\n",
        );
        assert_eq!(merged.conflicts, [6]);
        assert_eq!(merged.mine, "x\ny\na\nb\nc\nd\ne\nmine\ng\n");
        assert_eq!(merged.new, "x\ny\na\nb\nc\nd\ne\nnew\ng\n");
    }

    #[test]
    fn markers_in_the_texts_are_text() {
        let text = "<<<<<<< ours\n||||||| x\n=======\n>>>>>>> theirs\n";
        let merged = merge_lines(text, &format!("{text}mine"), &format!("{text}new"));
        assert_eq!(merged.conflicts, [5]);
        assert_eq!(merged.mine, format!("{text}mine"));
        assert_eq!(merged.new, format!("{text}new"));
    }
}
