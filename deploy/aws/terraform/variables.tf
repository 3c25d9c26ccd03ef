variable "region" {
  type = string
}

variable "environment" {
  description = "As ENVIRONMENT of ../ecspresso/*.env."
  type        = string
}

variable "vpc_id" {
  type = string
}

variable "alb_subnet_ids" {
  description = "Public subnets in two availability zones at least."
  type        = list(string)
}

variable "task_subnet_ids" {
  description = "Private subnets with a way out (a NAT gateway, or endpoints of ECR, S3, CloudWatch Logs and X-Ray); or public ones with assign_public_ip."
  type        = list(string)
}

variable "assign_public_ip" {
  description = "true where task_subnet_ids are public: tasks there reach AWS by an address of their own."
  type        = bool
  default     = false
}

variable "allowed_cidrs" {
  description = "Who may call the gateway."
  type        = list(string)
}

variable "certificate_arn" {
  description = "Without a certificate the load balancer speaks HTTP on port 80: for a development environment."
  type        = string
  default     = null
}

variable "log_retention_days" {
  description = "X-Ray keeps a trace for 30 days: lines that go sooner are missing under it."
  type        = number
  default     = 30
}
