"""The columns of a prediction and of a merge's labels, as replies and tables have them.

K2 rows of the contract spell some of them otherwise; tuples have both spellings.
"""

PREDICTED, K2_PREDICTED = "Predicted_Class", "pred_label"
CONFIDENCE = "Confidence"
MATCH, K2_MATCH = "Match", "match"
ACTUAL, K2_ACTUAL = "Actual_Class", "actual_class"
ROW_NUMBER, K2_ROW_NUMBER = "Row_Number", "row_number_1based"  # counted from 0, and from 1
K2_INDEX = "pred_index"
PROBABILITY = "Prob_"  # a prefix: a class follows
SEEN_COLUMN = "seen_in_training"  # "yes" for rows that the model learnt from, else "no"

PREDICTED_COLUMNS = (PREDICTED, K2_PREDICTED)
MATCH_COLUMNS = (MATCH, K2_MATCH)
ACTUAL_COLUMNS = (ACTUAL, K2_ACTUAL)
CONFIDENCE_COLUMNS = (CONFIDENCE, "confidence")

LABEL_SOURCE = "label_source"  # in merged files: "model" for rows whose label a model made


def is_probability(column: str) -> bool:
    """Whether a column holds the probabilities of a class."""
    return column.startswith(PROBABILITY)
