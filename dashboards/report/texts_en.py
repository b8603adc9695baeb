"""English: every sentence that is made from a key and numbers. Another language is another file like this one."""

from __future__ import annotations

from typing import Final

# Numbers arrive as text, in the reader's units, under the names used here; `wording` makes them.
MESSAGES: Final[dict[str, str]] = {
    "session_spike": (
        "A session of {distance_m} was {above} longer than the longest run of the 30 days before it "
        "({longest_30d_m}). In 5,205 runners such runs went with a higher overuse-injury rate (HRR {hrr}, "
        "{hrr_low}–{hrr_high}). This is an average, not your personal risk. Up to {cap} would have stayed within "
        "{within_share}."
    ),
    "consecutive_training_days": (
        "{days} days of training in a row, without a day of rest; the rule speaks at {watch_days} and again at "
        "{act_days}. How many days in a row one person takes well is not known: the number is a rule of thumb, not "
        "your personal risk. Up to {within} in a row stay within it."
    ),
    "rest_day_missing_weeks": (
        "{weeks_without_rest} of the last {weeks} weeks had no day of rest. How much rest one person needs is not "
        "known: the number is a rule of thumb, not your personal risk. One day of rest in most weeks stays within it."
    ),
    "hard_sessions_within_a_day": (
        "Two hard sessions began {hours} h apart. A session counts as hard by its rating, its time over threshold, "
        "or a load far above your usual. The hours that one person needs in between are not known: {act_hours} h and "
        "{watch_hours} h are rules of thumb. The next hard session {watch_hours} h later stays within them."
    ),
    "hard_sessions_too_close": (
        "Two hard sessions began {hours} h apart, and it was the pair number {pairs} within {days} days. A session "
        "counts as hard by its rating, its time over threshold, or a load far above your usual. The hours that one "
        "person needs in between are not known: {watch_hours} h is a rule of thumb. Hard sessions that far apart "
        "stay within it."
    ),
    "monotony_strain": (
        "The load of 7 days ({load}) is high for you (above {usual_load}) and changes little from day to day: "
        "monotony {monotony}, where {watch_monotony} is much. In a small study of 25 athletes illnesses often "
        "followed such weeks; it was not repeated in runners. A really easy day between hard ones lowers it."
    ),
    "load_ramp": (
        "Fitness (CTL) rose by {rise} points in a week; usual plans stay below {limit}. It is a habit of coaches: in "
        "5,205 runners the rise from week to week went with no more injuries. For your information only."
    ),
    "load_grew_twice": (
        "The weekly load rose by more than {growth_pct} % twice in a row: {load_week_before}, {load_last_week}, "
        "{load}. It is a habit of coaches to stay below: in 5,205 runners the rise from week to week went with no "
        "more injuries. For your information only."
    ),
    "hrv_below_baseline": (
        "Heart-rate variability (RMSSD) averaged {hrv_ms} ms over the last nights, below your own usual range, which "
        "begins at {lower_ms} ms (mean {baseline_ms} ms), for {days} days or more. Its spread from night to night is "
        "{cv_pct} %, a week ago {cv_last_week_pct} %; a falling spread would add to it. In small studies this went "
        "with recovery that lags. It has many causes and chance is one of them."
    ),
    "hrv_above_baseline": (
        "Heart-rate variability (RMSSD) averaged {hrv_ms} ms over the last nights, above your own usual range, which "
        "ends at {upper_ms} ms, for {days} days or more. That is outside the range too, and no proof of being fresh."
    ),
    "resting_heart_rate_raised": (
        "Resting heart rate averaged {resting_bpm} bpm over the last days, {above_bpm} above your own usual "
        "{baseline_bpm} bpm and beyond the range that ends at {upper_bpm} bpm, for {days} days or more. After "
        "overload it rises a little, and so it does with an infection, alcohol, heat or little sleep."
    ),
    "short_sleep": (
        "Sleep averaged {sleep_h} h over 14 nights; below {limit_h} h the rule speaks. In 95 endurance athletes such "
        "weeks went with more new injuries (HR 1.51, 1.13–2.02), but other evidence is mixed, and a watch guesses "
        "sleep. This is an average, not your personal risk."
    ),
    "efficiency_falling": (
        "On {runs} days of steady running in 14 days you were {fall_pct} % slower for the same heart rate than in "
        "the six weeks before, and the load was not reduced; the rule speaks at {limit_pct} %. Fatigue does that, "
        "and so do heat, hills or another sensor that went unnoticed."
    ),
    "possible_overreaching": (
        "Possible overreaching; see a professional. For {days} of {window} days you were slower for the same heart "
        "rate while {markers_off} of {markers_known} markers were off ({markers_list}). A watch cannot tell what it "
        "is: illness, lack of energy, and stress look alike and have to be looked for by somebody who can."
    ),
    "mechanical_load_spike": (
        "The mechanical load of 7 days was {ratio} times the highest of the four weeks before ({ratio_low} to "
        "{ratio_high}, by how much hard steps count more), while the load of heart and lungs was usual ({load_ratio} "
        "times). Tissue fails sooner under higher forces; for one person and one week nobody can say when. Below "
        "{limit_ratio} times stays within the rule of thumb."
    ),
    "cadence_drop": (
        "In three runs in a row cadence was {drop_pct} % below your own at the same speed (the last {cadence_spm}, "
        "your usual {norm_spm} steps a minute). Longer steps put more load on knee and hip in the laboratory. No "
        "cadence is right for everybody; this is a change from your own."
    ),
    "form_change_both": (
        "In three runs in a row ground contact was {contact_pct} % longer (the last {contact_ms} ms, your usual "
        "{norm_ms} ms) and vertical ratio {vertical_ratio_pp} points higher than your own at the same speed. Fatigue "
        "does that in small studies; no study ties it to injuries."
    ),
    "form_change_contact": (
        "In three runs in a row ground contact was {contact_pct} % longer than your own at the same speed (the last "
        "{contact_ms} ms, your usual {norm_ms} ms). Fatigue does that in small studies, and so do other shoes; no "
        "study ties it to injuries."
    ),
    "form_change_vertical_ratio": (
        "In three runs in a row vertical ratio was {vertical_ratio_pp} points higher than your own at the same speed "
        "(the last {vertical_ratio_pct} %, your usual {vertical_ratio_norm_pct} %). Fatigue does that in small "
        "studies; no study ties it to injuries."
    ),
    "form_drift": (
        "In three runs in a row ground contact was at least {drift_pct} % longer in the last fifth than in the "
        "first. Runners tire like that in small studies; no study ties it to injuries."
    ),
    "contact_balance_shift": (
        "In three runs in a row the balance of ground contact lay {shift_pp} points away from your own (left foot "
        "{balance_pct} %, your usual {norm_pct} %). In 836 runners asymmetry did not raise the risk of injury, and "
        "bends or camber shift it. For your information only."
    ),
    "contact_balance_shift_with_pain": (
        "In three runs in a row the balance of ground contact lay {shift_pp} points away from your own (left foot "
        "{balance_pct} %, your usual {norm_pct} %), and you noted pain within two weeks. Asymmetry did not raise the "
        "risk of injury in 836 runners; together with pain it may show that you spare a side."
    ),
    "foot_strike_forward": (
        "In three runs in a row {change_pp} points fewer strides than usual landed on the heel ({rearfoot_pct} %, "
        "your usual {norm_pct} %). In the laboratory that takes load off the knee cap and puts it on calf and "
        "Achilles tendon, which need weeks to get used to it. No strike is wrong."
    ),
    "foot_strike_back": (
        "In three runs in a row {change_pp} points more strides than usual landed on the heel ({rearfoot_pct} %, "
        "your usual {norm_pct} %). In the laboratory that takes load off calf and Achilles tendon and puts it on the "
        "knee cap. No strike is wrong; this is a change from your own."
    ),
    "strength_missing": (
        "{sessions} days with strength work in {days} days; twice a week would be {sessions_needed}. Found: "
        "{movements_found}. Not found: {movements_missing}. Strength work reduced injuries in trials of other "
        "sports; in pooled trials of runners exercise programmes did not, supervised ones did better."
    ),
    "no_cross_training": (
        "You ran on {run_days} of {days} days and did no riding, swimming or machine. In 264 runners each weekly "
        "hour of other sports went with fewer injuries (HR 0.848); whether the sport or the runner makes the "
        "difference is not known. For your information only."
    ),
    "shoe_worn": (
        "{subject} went {distance_m}; the rule speaks at {info_m} and again at {watch_m}. The distances are a "
        "convention of makers and shops: how a shoe looks and feels tells you more."
    ),
    "shoe_worn_one_pair": (
        "{subject} went {distance_m}; the rule speaks at {info_m} and again at {watch_m}. The distances are a "
        "convention of makers and shops: how a shoe looks and feels tells you more. It is your only pair in use: in "
        "264 runners, those with two or more had fewer injuries (HR 0.614)."
    ),
    "urgent_signs": (
        "You noted {signs}. Stop training and get medical help now; in an emergency call your emergency number. This "
        "is what you wrote, and no judgement of what it is."
    ),
    "professional_signs": (
        "You noted {signs}. See a professional, a doctor or a physiotherapist, before you train on it. This is what "
        "you wrote, and no judgement of what it is."
    ),
    "pain_repeated": (
        "You noted pain of {pain_limit} of 10 or more{at_site} on {pain_days} of {days} days (the last {pain}). See "
        "a professional, a doctor or a physiotherapist. This is what you wrote, and no judgement of what it is."
    ),
    "act_flag_stays_open": (
        "The flag “{of_rule}” has been open for {open_days} days. Talk it over with a professional, a coach, a "
        "doctor or a physiotherapist: it is no sign of an illness, but what you do about it has not been enough for "
        "the rule."
    ),
}

CLEARS: Final[dict[str, str]] = {
    "session_spike_clears": "It expires after 7 days, unless another session goes beyond the limit.",
    "rest_day_clears": (
        "It clears after two days on which the rule no longer holds: begin with a day of rest or of easy work "
        "without impact."
    ),
    "hard_sessions_clears": "It expires after 7 days without another such pair.",
    "monotony_clears": "It clears after two days below the limits: a day of rest or an easy one is the shortest way.",
    "ramp_clears": "It clears by itself when the load stops rising that fast.",
    "hrv_clears": "It clears after two days on which the mean of a week is more than half way back to your usual.",
    "resting_heart_rate_clears": (
        "It clears after two days on which the mean of a week is more than half way back to your usual."
    ),
    "sleep_clears": "It clears when the mean of 14 nights is above {clears_h} h on two days.",
    "efficiency_clears": (
        "It clears after two days with less than half of the fall, or when the load has been reduced by a fifth."
    ),
    "overreaching_clears": (
        "It clears when you are as fast as usual for your heart rate, or all markers are back, on two days. Easy "
        "weeks come first."
    ),
    "mechanical_load_clears": "It clears after two days on which the week is below the limit.",
    "form_clears": "It clears after two comparable runs that are back near your own norm.",
    "strength_clears": "It clears when 28 days hold enough days with strength work; log what no device records.",
    "cross_training_clears": "It clears with a ride, a swim or a session on a machine, or with fewer days of running.",
    "shoe_clears": "It clears when the pair is retired (stridelab gear retire).",
    "professional_clears": "It expires 7 days after the last such entry. Being without entries is not being well.",
}

REASONS: Final[dict[str, str]] = {
    "no_reference": (
        "{runs_30d} runs in the 30 days before are too few to compare with ({runs_needed} are needed). Treat it as a "
        "return to running."
    ),
    "days_missing": (
        "on {doubtful} of the 30 days before nothing was recorded although your device is usually worn at rest: the "
        "longest run may be among what is missing."
    ),
    "too_few_known_days": "{known} of the days it looks at are known and {needed} are needed.",
    "day_unknown": "it is not known whether training or rest filled the days it looks at.",
    "intensity_unknown": (
        "only of {sessions_known} of {sessions} sessions in 14 days it is known how hard they were: that takes a "
        "heart rate, power, or a rating, and ten sessions to compare with."
    ),
    "load_unknown": "the load is known on {known} days and {needed} are needed.",
    "too_little_history": "it compares with your own last {weeks} weeks and needs at least {weeks_needed} known ones.",
    "monotony_undefined": "all days had the same load, which leaves monotony undefined.",
    "too_young": "fitness starts at nothing with the first recording; before {days} days its rise says little.",
    "no_load": "four weeks without load leave nothing to compare with.",
    "no_nights": "nothing was measured in the days it looks at.",
    "too_few_nights": "{nights} nights are known and {nights_needed} are needed.",
    "no_baseline": (
        "your own baseline needs {baseline_needed} known nights of {baseline_window} with the same device, and there "
        "are {baseline_nights}, or the first is too recent."
    ),
    "new_source": "the nights come from different devices, which are not mixed.",
    "too_few_steady_runs": (
        "{runs} days with a steady run and a heart rate in 14 days are known and {runs_needed} are needed."
    ),
    "too_few_steady_runs_before": (
        "there are too few steady runs in the six weeks before to compare with ({runs_before}, needed "
        "{runs_needed}), or the device was changed."
    ),
    "performance_unknown": "speed for heart rate could not be judged, and nothing is concluded without it.",
    "markers_unknown": (
        "{markers_known} of variability, resting heart rate, sleep and effort could be judged and {markers_needed} "
        "are needed."
    ),
    "mechanical_load_unknown": "a run of the five weeks has no mechanical load, or days are unknown.",
    "new_sensor": "mechanical loads of the five weeks come from different sensors, which are not compared.",
    "too_few_runs_before": (
        "{run_days} days with a run in the four weeks before are too few to compare with ({run_days_needed} are "
        "needed)."
    ),
    "no_cadence": "no run of the last four weeks has a cadence on level ground.",
    "no_dynamics": "no run of the last four weeks has running dynamics.",
    "no_balance": "no run of the last four weeks has a balance of ground contact.",
    "no_foot_strike": "no run of the last four weeks has a foot strike; that takes a footpod which reports it.",
    "too_few_matched_runs": (
        "{comparable} of {runs} runs in {days} days can be compared with your own, and {comparable_needed} are "
        "needed: at the same speed, with the same sensor, on like ground."
    ),
    "no_strength_data": (
        "no strength work was ever recorded or logged. Do you do any? If so, log it: stridelab log add strength 30."
    ),
    "no_strength_data_lately": "no strength work was recorded or logged for 12 weeks; it may just not be recorded.",
    "strength_data_young": "the first strength work is less than four weeks old.",
    "no_shoes": "no shoes are known; add them with stridelab gear add.",
    "shoes_of_day_unknown": "it is not known how far the shoes had gone on that day.",
    "shoes_unassigned": "only {assigned_pct} % of the distance of 12 weeks is assigned to shoes.",
    "pain_out_of_range": "an entry gives pain that is no number from 0 to 10; correct it with stridelab log.",
    "nothing_logged": (
        "nothing was written in the log for {silent_days} days, and it judges only what you write: stridelab log add "
        "pain 0 is an answer too."
    ),
    "switched_off": "you switched it off in stridelab.toml.",
    "tagged_race": "the day is tagged as a race.",
    "tagged_illness": "you noted illness, which would explain what it looks at.",
    "tagged_heat": "the day is tagged as hot.",
    "tagged_altitude": "the day is tagged as at altitude.",
    "tagged_travel": "the day is tagged as travel.",
    "tagged_new_device": "the device was changed.",
    "tagged_exclude": "you excluded the day.",
}

# Rule: title, short name, letter on charts.
RULES: Final[dict[str, tuple[str, str, str]]] = {
    "session_spike": ("Session much longer than usual", "Long run", "L"),
    "consecutive_training_days": ("Training without a rest day", "No rest", "R"),
    "hard_sessions_too_close": ("Hard sessions too close", "Hard days", "H"),
    "monotony_strain": ("Much load, little change", "Monotony", "M"),
    "load_ramp": ("Load rises fast", "Load rise", "U"),
    "acute_chronic_ratio": ("Recent against usual load", "Load ratio", "A"),
    "hrv_below_baseline": ("Heart-rate variability outside your range", "Variability", "V"),
    "resting_heart_rate_raised": ("Resting heart rate raised", "Resting HR", "B"),
    "short_sleep": ("Short sleep over two weeks", "Sleep", "S"),
    "efficiency_falling": ("Slower at the same heart rate", "Efficiency", "E"),
    "possible_overreaching": ("Possible overreaching", "Overreaching", "O"),
    "mechanical_load_spike": ("Mechanical load much higher", "Mechanical", "I"),
    "cadence_drop": ("Cadence lower at the same speed", "Cadence", "C"),
    "form_change": ("Ground contact or vertical ratio changed", "Form", "G"),
    "contact_balance_shift": ("Balance of ground contact changed", "Balance", "X"),
    "foot_strike_change": ("Foot strike changed", "Foot strike", "F"),
    "strength_missing": ("Strength work below twice a week", "Strength", "T"),
    "no_cross_training": ("Nothing but running", "Cross-training", "N"),
    "shoe_worn": ("Shoes went far", "Shoes", "D"),
    "see_a_professional": ("Pain or signs for a professional", "Professional", "P"),
}

# What the coverage of a rule counts, where it is not days.
COVERED: Final[dict[str, str]] = {
    "hrv_below_baseline": "nights",
    "short_sleep": "nights",
    "efficiency_falling": "days with a steady run",
    "possible_overreaching": "markers",
    "cadence_drop": "comparable runs",
    "form_change": "comparable runs",
    "contact_balance_shift": "comparable runs",
    "foot_strike_change": "comparable runs",
}

SIGNS: Final[dict[str, str]] = {
    "limping": "limping",
    "swelling": "swelling",
    "locking": "a joint that locks or gives way",
    "night_pain": "pain at night",
    "chest_pain": "pain or pressure in the chest",
    "fainting": "fainting",
}

MARKERS: Final[dict[str, str]] = {
    "hrv_below_baseline": "heart-rate variability",
    "resting_heart_rate_raised": "resting heart rate",
    "short_sleep": "sleep",
    "effort": "effort at the same pace",
}

MOVEMENTS: Final[dict[str, str]] = {
    "leg_press": "leg press",
    "deadlift": "deadlift",
    "single_leg_squat": "single-leg squat",
    "step_up": "step-up",
    "leg_curl": "leg curl",
}

TAGS: Final[dict[str, str]] = {
    "race": "a race",
    "illness": "illness",
    "heat": "heat",
    "altitude": "altitude",
    "travel": "travel",
    "new_device": "a new device",
    "exclude": "excluded",
}

DAY_WORDS: Final[dict[str, str]] = {
    "get_help_now": "Get medical help now",
    "see_a_professional": "See a professional",
    "ease_off": "Ease off",
    "keep_an_eye_on_it": "Keep an eye on it",
    "nothing_stands_out": "Nothing stands out",
    "too_little_known": "Too little is known to say anything",
}

SEVERITIES: Final[dict[str, str]] = {
    "info": "for information",
    "watch": "watch",
    "act": "act",
    "refer": "see a professional",
    "urgent": "urgent",
}

GRADES: Final[dict[str, str]] = {
    "A": "Evidence A (trials or meta-analysis)",
    "B": "Evidence B (prospective cohort)",
    "C": "Evidence C (mechanism, small studies or consensus)",
    "D": "Evidence D (convention)",
}

DAY_STATES: Final[dict[str, str]] = {
    "trained": "training",
    "active_recovery": "active recovery",
    "rest": "rest",
    "unknown": "unknown",
    "ahead": "still to come",
}

BASES: Final[dict[str, str]] = {
    "recorded": "recorded",
    "logged": "from your log",
    "worn": "the device was worn, no activity",
    "assumed": "assumed from the gaps between recordings",
    "": "",
}

ORIGINS: Final[dict[str, str]] = {
    "given": "given by you",
    "file": "read from a file",
    "estimated": "estimated",
    "assumed": "assumed",
}

QUANTITIES: Final[dict[str, str]] = {
    "max_heart_rate_bpm": "Maximal heart rate",
    "resting_heart_rate_bpm": "Resting heart rate",
    "threshold_heart_rate_bpm": "Threshold heart rate",
    "threshold_speed_mps": "Threshold speed",
    "sex": "Sex for the load formula",
}

FAMILIES: Final[dict[str, str]] = {
    "run": "Run",
    "walk": "Walk, hike",
    "bike": "Ride",
    "swim": "Swim",
    "strength": "Strength",
    "machine": "Machine",
    "other": "Other",
}

OTHER: Final[dict[str, str]] = {
    "finding": "{title}.",
    "raised": "{day}: {message} {evidence}",
    "held": "{day}, still open: {message} {evidence}",
    "cleared": "{day}, cleared: {message} {evidence}",
    "not_evaluated": "{title}: not evaluated on {day}, because {reason}",
    "not_evaluated_days": "{title}: not evaluated on {count} days, the last {day}, because {reason}",
    "unknown_reason": "what it needs is not there.",
    "coverage": "{known} of {window} {what} known, {needed} needed",
    "coverage_assumed": "{known} of {window} {what} known ({assumed} of them assumed to be rest), {needed} needed",
    "coverage_count": "{known} {what} known, {needed} needed",
    "what": "days",
    "none": "none",
    "a_pair": "A pair of shoes",
    "at_site": " ({site})",
    "softened": "You noted {tags}, which explains it in part, so it is for your information only.",
    "moved": "You moved the threshold {name} to {own}; published or agreed is {published}.",
    "part_of": "It is counted with “{title}”, which sees the same from another side.",
    "day_word": "{word}: {titles}.",
    "day_word_alone": "{word}.",
    "judged": "{judged} of {rules} rules could judge the day.",
    "from": ", from {day} on",
    "status_raised": "raised {start}",
    "status_open": "open since {start}",
    "status_cleared": "raised {start}, cleared {end}",
    "status_replaced": "raised {start}, raised anew {end}",
}
