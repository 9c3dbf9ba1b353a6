"""Patterns that could take for ever on one line, though each of their parts looks harmless."""

import pytest

from callkit.errors import SettingsError
from callkit.flow.grammar import GRAMMAR, GROUPS
from callkit.flow.patterns import require_pattern


@pytest.mark.parametrize(
    "pattern",
    [r"Call \w*\w*\w*\w*\w*\w*\w*\w*z", "Call (?:.*.*.*.*.*.*)x", r"Call \w*\w*\w*\w*z", ".*?.*?.*?.*?x",
     r"Call (?P<number>.*)(?P<target_name>.*)(.*)(.*)x", r"Call \s*\s*\s*\s*\s*z", "Call .+ .+ .+ .+ .+",
     r"Call \w{0,99}\w{0,99}\w{1,100}\w{,99}z", r"Call \w{2,}\w{,}\w{,}\w{3,}z", r"\w?" * 40 + "z",
     r"(?:\w|\w\w)" * 27 + "z", ".*(?!x).*(?!x).*(?!x).*(?!x)z", "a.*x?.*x?.*x?.*z", "a.*(?:x)?.*(?:x){0}.*(?:x|).*z",
     "a.*" * 8 + "z", "[a-z]+[a-z]+[a-z]+[a-z]+9"],
)  # fmt: skip
def test_a_pattern_that_can_be_read_in_too_many_ways_is_named(pattern):
    with pytest.raises(
        SettingsError, match="^here can be read in too many ways, .* keep to three repeats such as"
    ):
        require_pattern("here", pattern, GROUPS)


@pytest.mark.parametrize(
    "pattern", ["(?:a?){30}b", r"Call (\w?\s?)+!", "(?:a{,}){,}b", "(?:(?:a|b)?)+c", "(a+?)*?b"]
)
def test_a_part_that_may_be_left_out_is_not_repeated(pattern):
    with pytest.raises(SettingsError, match="repeats a part that itself repeats or has a choice"):
        require_pattern("here", pattern, GROUPS)


@pytest.mark.parametrize(
    "pattern",
    [r"Call\s+parked\s+on\s+(?P<number>.+?)\s+by\s+(?P<kind>Extension)\s*\((?P<target_name>.*)\)\s+for\s+good",
     r"(?P<target_name>.+?)\s+sent\s+(?:.+?)\s+to\s+(?:.+?)\s+for\s+(?:.+?)", r"Call .*.*.*z", r"Call \w+ \w+ \w+ left",
     r"Left at \d{1,2}:\d{1,2}:\d{1,2}, (?:\+?\d+|unknown)", "Call (?:a|b|c|d|e|f|g|h|i|j) (?:by|for) .+ on .+",
     r"Call(?: (?:parked|held))? on (?:the )?line \(?\d+\)?(?i:x)", *(row.pattern for row in GRAMMAR)],
)  # fmt: skip
def test_a_pattern_with_words_between_its_repeats_is_taken(pattern):
    require_pattern("here", pattern, GROUPS)
