# The inputs that ecspresso needs too; for all else it reads the resources.
output "task_subnet_ids" {
  value = var.task_subnet_ids
}

output "assign_public_ip" {
  value = var.assign_public_ip ? "ENABLED" : "DISABLED"
}

output "registry" {
  description = "For docker login."
  value       = split("/", aws_ecr_repository.image["collector"].repository_url)[0]
}

output "url" {
  description = "Where the shop is."
  value       = "${lower(aws_lb_listener.gateway.protocol)}://${aws_lb.shop.dns_name}"
}
