locals {
  buckets = { logs = "arn:aws:s3:::logs", tmp = "arn:aws:s3:::tmp" }
  enabled = true
  rules = [
    { sid = "A", actions = ["s3:GetObject"], resources = ["*"] },
    { actions = ["s3:PutObject", "s3:GetObject"], resources = [local.buckets.logs] },
  ]
}

data "aws_iam_policy_document" "plain" {
  policy_id = "plain"
  version   = "2008-10-17"
  statement {
    sid       = ""
    effect    = "Deny"
    actions   = ["s3:GetObject"]
    resources = []
    not_resources = ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]
  }
}

data "aws_iam_policy_document" "variables" {
  statement {
    actions   = ["s3:&{x}"]
    resources = ["arn:aws:s3:::&{aws:username}/*", "arn:aws:s3:::$${aws:userid}/*"]
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["home/&{aws:username}/", "", "a"]
    }
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["more"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = [true]
    }
    condition {
      test     = "NumericLessThan"
      variable = "s3:max-keys"
      values   = [10]
    }
  }
}

data "aws_iam_policy_document" "principals" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["111122223333"]
    }
    principals {
      type        = "AWS"
      identifiers = ["777788889999"]
    }
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
  statement {
    actions = ["sts:TagSession"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
  statement {
    effect  = "Deny"
    actions = ["sts:*"]
    not_principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}

data "aws_iam_policy_document" "dynamic" {
  dynamic "statement" {
    for_each = local.rules
    content {
      sid       = lookup(statement.value, "sid", null)
      actions   = statement.value.actions
      resources = statement.value["resources"]
    }
  }
  dynamic "statement" {
    for_each = local.buckets
    iterator = bucket
    content {
      sid       = title(bucket.key)
      actions   = ["s3:ListBucket"]
      resources = [bucket.value, "${bucket.value}/*"]
      dynamic "condition" {
        for_each = bucket.key == "tmp" ? [1] : []
        content {
          test     = "StringEquals"
          variable = "aws:PrincipalTag/team"
          values   = ["x-${condition.key}-${condition.value}"]
        }
      }
    }
  }
  dynamic "statement" {
    for_each = local.enabled ? ["only"] : []
    content {
      not_actions = ["iam:*"]
      resources   = [for k, v in local.buckets : "${v}/${k}/${statement.value}" if k != "tmp"]
    }
  }
}

data "aws_iam_policy_document" "source" {
  source_policy_documents   = [data.aws_iam_policy_document.plain.json, data.aws_iam_policy_document.dynamic.json, ""]
  override_policy_documents = [data.aws_iam_policy_document.override.json]
  statement {
    sid       = "A"
    actions   = ["s3:ListBucket"]
    resources = ["*"]
  }
  statement {
    actions   = ["s3:ListAllMyBuckets"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "override" {
  policy_id = "override"
  statement {
    sid       = "A"
    effect    = "Deny"
    actions   = ["s3:DeleteBucket"]
    resources = ["*"]
  }
  statement {
    sid       = "New"
    actions   = ["s3:GetBucketAcl"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "encoded" {
  source_policy_documents = [
    jsonencode({
      Version   = "2012-10-17"
      Statement = [{ Sid = "One", Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::x/*" }]
    }),
    <<-EOF
      {
        "Version": "2012-10-17",
        "Statement": [
          %{ for name, arn in local.buckets ~}
          { "Effect": "Allow", "Action": "s3:Get*", "Resource": "${arn}", "Sid": "${upper(name)}" },
          %{ endfor ~}
          { "Effect": "Allow", "Action": ${jsonencode(["s3:Put*", "s3:List*"])}, "Resource": "arn:aws:s3:::$${aws:username}" }
        ]
      }
    EOF
    ,
    file("${path.module}/file.json"),
    templatefile("${path.module}/template.json.tpl", { bucket = "b", actions = ["s3:A*", "s3:B*"] }),
  ]
}
