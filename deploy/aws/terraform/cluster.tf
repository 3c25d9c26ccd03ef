resource "aws_ecs_cluster" "shop" {
  name = local.name
}

# Service Connect: `orders:50051` is every healthy task of orders, and each gRPC call is balanced, which DNS would
# do for each connection only.
resource "aws_service_discovery_http_namespace" "shop" {
  name = local.name
}

resource "aws_ecr_repository" "image" {
  for_each             = setunion(local.services, ["collector"])
  name                 = "${local.name}/${each.key}"
  image_tag_mutability = "IMMUTABLE"
  image_scanning_configuration {
    scan_on_push = true
  }
}

# The group that a service's segments name: TRACING_LOG_GROUPS is set to the same in the task definition. They are
# made here, so that they have a retention and no role needs logs:CreateLogGroup.
resource "aws_cloudwatch_log_group" "app" {
  for_each          = local.services
  name              = "/${local.name}/${each.key}"
  retention_in_days = var.log_retention_days
}

resource "aws_cloudwatch_log_group" "collector" {
  name              = "/${local.name}/collector"
  retention_in_days = var.log_retention_days
}
