# Replace what is in capitals. In a new account the default VPC will do: its subnets are public.
region           = "us-east-1"
environment      = "development"
vpc_id           = "vpc-REPLACE"
alb_subnet_ids   = ["subnet-REPLACE-A", "subnet-REPLACE-B"]
task_subnet_ids  = ["subnet-REPLACE-A", "subnet-REPLACE-B"]
assign_public_ip = true
allowed_cidrs    = ["REPLACE/32"]
