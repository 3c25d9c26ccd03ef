resource "aws_security_group" "alb" {
  name        = "${local.name}-alb"
  description = "Callers of the gateway"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "alb" {
  for_each          = toset(var.allowed_cidrs)
  security_group_id = aws_security_group.alb.id
  description       = "Callers"
  cidr_ipv4         = each.key
  ip_protocol       = "tcp"
  from_port         = aws_lb_listener.gateway.port
  to_port           = aws_lb_listener.gateway.port
}

resource "aws_vpc_security_group_egress_rule" "alb" {
  security_group_id            = aws_security_group.alb.id
  description                  = "The gateway"
  referenced_security_group_id = aws_security_group.task.id
  ip_protocol                  = "tcp"
  from_port                    = 3000
  to_port                      = 3000
}

resource "aws_security_group" "task" {
  name        = "${local.name}-task"
  description = "The four services"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "gateway" {
  security_group_id            = aws_security_group.task.id
  description                  = "The load balancer, to the gateway"
  referenced_security_group_id = aws_security_group.alb.id
  ip_protocol                  = "tcp"
  from_port                    = 3000
  to_port                      = 3000
}

resource "aws_vpc_security_group_ingress_rule" "grpc" {
  security_group_id            = aws_security_group.task.id
  description                  = "gRPC between the services"
  referenced_security_group_id = aws_security_group.task.id
  ip_protocol                  = "tcp"
  from_port                    = 50051
  to_port                      = 50053
}

resource "aws_vpc_security_group_egress_rule" "task" {
  security_group_id = aws_security_group.task.id
  description       = "Each other, and AWS"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_lb" "shop" {
  name            = local.name
  security_groups = [aws_security_group.alb.id]
  subnets         = var.alb_subnet_ids
}

resource "aws_lb_target_group" "gateway" {
  name        = "${local.name}-gateway"
  vpc_id      = var.vpc_id
  target_type = "ip"
  protocol    = "HTTP"
  port        = 3000
  # Requests of the demo are short; a task that is replaced need not stay for the default of five minutes.
  deregistration_delay = 10
  health_check {
    path = "/health"
  }
}

resource "aws_lb_listener" "gateway" {
  load_balancer_arn = aws_lb.shop.arn
  port              = var.certificate_arn == null ? 80 : 443
  protocol          = var.certificate_arn == null ? "HTTP" : "HTTPS"
  certificate_arn   = var.certificate_arn
  ssl_policy        = var.certificate_arn == null ? null : "ELBSecurityPolicy-TLS13-1-2-2021-06"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.gateway.arn
  }
}
