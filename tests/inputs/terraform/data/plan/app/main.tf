variable "name" {}
variable "policy" {}

resource "aws_iam_policy" "given" {
  name   = "${var.name}-given"
  policy = var.policy
}

resource "aws_sns_topic" "alarms" {
  name_prefix = var.name
}

data "aws_iam_policy_document" "alarms" {
  source_policy_documents = [var.policy]
  statement {
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]
  }
}

resource "aws_iam_policy" "alarms" {
  name   = "${var.name}-alarms"
  policy = data.aws_iam_policy_document.alarms.json
}

output "document" {
  value = data.aws_iam_policy_document.alarms.json
}
