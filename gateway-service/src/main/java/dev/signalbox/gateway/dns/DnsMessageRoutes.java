package dev.signalbox.gateway.dns;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.contracts.dns.DnsExchangeReply;
import dev.signalbox.contracts.dns.DnsExchangeRequest;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.fault.HttpFault;
import dev.signalbox.gateway.fault.ProblemFaults;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.route.Answer;
import dev.signalbox.gateway.route.BodyRule;
import dev.signalbox.gateway.route.Exchange;
import dev.signalbox.gateway.route.Route;
import dev.signalbox.gateway.route.RouteTable;
import dev.signalbox.gateway.route.Routes;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Base64;

/** Section 2: DNS over HTTPS (RFC 8484), a DNS message for a DNS message. */
public final class DnsMessageRoutes implements Routes {

  private static final String DNS_MESSAGE = "application/dns-message";

  /** The largest DNS message there is, RFC 1035 section 4.2.2. */
  private static final int MAX_MESSAGE = 65_535;

  /** Its header alone, RFC 1035 section 4.1.1. */
  private static final int MIN_MESSAGE = 12;

  private final Backend backend;

  /** Routes that resolve by dns-service. */
  public DnsMessageRoutes(Backend backend) {
    this.backend = backend;
  }

  @Override
  public void addTo(RouteTable.Builder table) {
    table
        .add(Route.get("/dns-query", Role.READER, ProblemFaults.PROBLEM, this::fromQuery))
        .add(
            Route.post("/dns-query", Role.READER, ProblemFaults.PROBLEM, this::fromBody)
                .body(new BodyRule.Whole(MAX_MESSAGE)));
  }

  private Future<Answer> fromQuery(Exchange exchange) {
    Query query = Query.of(exchange);
    String text = query.text("dns");
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
    return exchange(exchange, message);
  }

  private Future<Answer> fromBody(Exchange exchange) {
    if (!DNS_MESSAGE.equals(MediaTypes.essence(exchange))) {
      throw HttpFault.unsupported("The Content-Type must be " + DNS_MESSAGE);
    }
    return exchange(exchange, exchange.body().getBytes());
  }

  private Future<Answer> exchange(Exchange exchange, byte[] message) {
    if (message.length < MIN_MESSAGE || message.length > MAX_MESSAGE) {
      throw HttpFault.malformed(
          "A DNS message has " + MIN_MESSAGE + " to " + MAX_MESSAGE + " bytes");
    }
    return backend
        .call(exchange, DnsContract.EXCHANGE, new DnsExchangeRequest(new Binary(message)))
        .map(DnsMessageRoutes::answer);
  }

  private static Answer answer(DnsExchangeReply reply) {
    return Answer.of(200, DNS_MESSAGE, Buffer.buffer(reply.message().bytes()))
        .with("Cache-Control", "max-age=" + reply.freshSeconds());
  }
}
