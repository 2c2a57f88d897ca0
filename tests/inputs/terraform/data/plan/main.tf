terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "x"
  secret_key                  = "y"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

# Changed, and its document is known only after the bucket is there.
resource "aws_s3_bucket" "logs" {
  bucket_prefix = "logs-"
}

data "aws_iam_policy_document" "read_logs" {
  statement {
    sid       = "Read"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = [aws_s3_bucket.logs.arn, "${aws_s3_bucket.logs.arn}/*", "arn:aws:s3:::home/&{aws:username}"]

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/team"
      values   = ["audit", "ops"]
    }
  }
}

resource "aws_iam_policy" "read_logs" {
  name   = "read-logs"
  policy = data.aws_iam_policy_document.read_logs.json
}

# Moved into this name, otherwise as it was.
resource "aws_iam_role" "deploy" {
  name               = "deploy"
  assume_role_policy = data.aws_iam_policy_document.trust.json

  inline_policy {
    name   = "tables"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "dynamodb:*", Resource = "*" }] })
  }
  inline_policy {
    name   = "logs"
    policy = data.aws_iam_policy_document.read_logs.json
  }
}

moved {
  from = aws_iam_role.old_name
  to   = aws_iam_role.deploy
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
    principals {
      type        = "AWS"
      identifiers = ["111122223333", "arn:aws:iam::444455556666:root"]
    }
  }
}

# Replaced: another queue, another policy.
resource "aws_sqs_queue" "jobs" {
  name   = "jobs-new"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = "sqs:SendMessage", Resource = "*" }] })
}

# Forgotten: Terraform lets go of it, and it stays.
removed {
  from = aws_iam_policy.forgotten
  lifecycle {
    destroy = false
  }
}

# An ARN that is not known inside of jsonencode: nothing in the plan says what it will be.
resource "aws_iam_policy" "encoded" {
  name   = "encoded"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = aws_s3_bucket.logs.arn }] })
}

resource "aws_lambda_permission" "bucket" {
  statement_id   = "AllowBucket"
  function_name  = "thumbnails"
  action         = "lambda:InvokeFunction"
  principal      = "s3.amazonaws.com"
  source_arn     = "arn:aws:s3:::pictures"
  source_account = "111122223333"
}

module "app" {
  source   = "./app"
  for_each = toset(["one", "two"])
  name     = each.key
  policy   = data.aws_iam_policy_document.read_logs.json
}

resource "aws_iam_policy" "of_app" {
  name   = "of-app"
  policy = module.app["one"].document
}

resource "aws_kms_key" "default" {
  description = "with the policy that KMS gives it"
}
