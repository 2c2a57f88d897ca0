{
  "Version": "2012-10-17",
  "Statement": [
    { "Sid": "Template", "Effect": "Allow", "Action": ${jsonencode(actions)}, "Resource": "arn:aws:s3:::${bucket}/*" }
  ]
}
