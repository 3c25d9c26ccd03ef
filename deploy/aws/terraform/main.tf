# What the task and service definitions of ../ecspresso refer to. The services themselves are not here: ecspresso
# deploys them. docs/aws.md is the way from nothing to the first trace.
#
#   terraform init -backend-config=bucket=... -backend-config=key=... -backend-config=region=...
#   terraform apply -var-file=development.tfvars

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.40, < 7.0"
    }
  }
  # TFSTATE_URL of ../ecspresso/*.env names this bucket and key.
  backend "s3" {}
}

provider "aws" {
  region = var.region
  default_tags {
    tags = { Application = "shop", Environment = var.environment }
  }
}

locals {
  name     = "shop-${var.environment}"
  services = toset(["gateway", "orders", "inventory", "payments"])
}
