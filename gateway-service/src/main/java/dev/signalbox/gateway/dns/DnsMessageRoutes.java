package dev.signalbox.gateway.dns;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.contracts.dns.DnsExchangeReply;
import dev.signalbox.contracts.dns.DnsExchangeRequest;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.RouteRules.BodyRule;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.gateway.task.TaskAllowance;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.Base64;

/** Section 2: DNS over HTTPS (RFC 8484), and with a JSON answer where that is asked for. */
public final class DnsMessageRoutes implements Section {

  private static final String DNS_MESSAGE = "application/dns-message";

  /** The largest DNS message, RFC 1035 section 4.2.2. */
  private static final int MAX_MESSAGE = 65_535;

  /** A DNS header, RFC 1035 section 4.1.1. */
  private static final int MIN_MESSAGE = 12;

  private final Backend backend;
  private final TaskAllowance tasks;
  private final ResolveRoutes resolver;

  public DnsMessageRoutes(Backend backend, TaskAllowance tasks, ResolveRoutes resolver) {
    this.backend = backend;
    this.tasks = tasks;
    this.resolver = resolver;
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules reads = RouteRules.reads(Role.READER, ErrorShapes.PROBLEM);
    router.get("/dns-query", reads).handler(respond(this::fromQuery));
    router
        .post("/dns-query", reads.body(new BodyRule.Whole(MAX_MESSAGE)))
        .handler(respond(this::fromBody));
  }

  private Future<Response> fromQuery(RoutingContext ctx) {
    Query query = Query.of(ctx);
    String text = query.text("dns");
    if (text == null && query.text("name") != null && wantsJson(ctx, query)) {
      return resolver.resolve(ctx);
    }
    ResolveRoutes.ignoreVendorParameters(query);
    byte[] message = new byte[0];
    if (text == null) {
      query.problem("dns", "must be a DNS message in base64url");
    } else {
      try {
        message = Base64.getUrlDecoder().decode(text);
      } catch (IllegalArgumentException e) {
        query.problem("dns", "is not base64url");
      }
    }
    query.end();
    return exchange(ctx, message);
  }

  /** As clients of Google's and Cloudflare's JSON API ask: by Accept, or by {@code ct}. */
  private static boolean wantsJson(RoutingContext ctx, Query query) {
    return ResolveRoutes.DNS_JSON.equals(query.text("ct"))
        || ctx.parsedHeaders().accept().stream()
            .anyMatch(type -> type.rawValue().startsWith(ResolveRoutes.DNS_JSON));
  }

  private Future<Response> fromBody(RoutingContext ctx) {
    if (!DNS_MESSAGE.equals(MediaTypes.essence(ctx))) {
      throw HttpException.unsupported("The Content-Type must be " + DNS_MESSAGE);
    }
    return exchange(ctx, RequestScope.of(ctx).body().getBytes());
  }

  private Future<Response> exchange(RoutingContext ctx, byte[] message) {
    if (message.length < MIN_MESSAGE || message.length > MAX_MESSAGE) {
      throw HttpException.malformed(
          "A DNS message has " + MIN_MESSAGE + " to " + MAX_MESSAGE + " bytes");
    }
    tasks.take(ctx);
    return backend
        .call(ctx, DnsContract.EXCHANGE, new DnsExchangeRequest(new Binary(message)))
        .map(DnsMessageRoutes::answer);
  }

  private static Response answer(DnsExchangeReply reply) {
    return Response.of(200, DNS_MESSAGE, Buffer.buffer(reply.message().bytes()))
        .with("Cache-Control", "max-age=" + reply.freshSeconds());
  }
}
