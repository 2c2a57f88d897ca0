from iamlogic.inputs.cloudformation.reading import may_be_template, read_template, read_tree
from iamlogic.inputs.cloudformation.template import looks_like_template

__all__ = ["looks_like_template", "may_be_template", "read_template", "read_tree"]
