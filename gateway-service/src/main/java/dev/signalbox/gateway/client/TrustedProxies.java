package dev.signalbox.gateway.client;

import dev.signalbox.contracts.net.Cidr;
import dev.signalbox.contracts.net.IpLiteral;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that may say for whom they speak. From anybody else the fields mean nothing: each
 * client could write them.
 *
 * <p>One field alone is read. A proxy that sets one of the two passes the other on as the client
 * sent it, and a gateway that read both would take the client's word for the proxy's.
 */
public final class TrustedProxies {

  /** The field in which proxies name their client. */
  public enum Field {
    /** {@code X-Forwarded-For}, with {@code X-Forwarded-Proto} and {@code X-Forwarded-Host}. */
    X_FORWARDED_FOR,
    /** {@code Forwarded} of RFC 7239. */
    FORWARDED
  }

  /** Nobody is trusted. */
  public static final TrustedProxies NONE = new TrustedProxies(List.of(), Field.X_FORWARDED_FOR);

  private static final CharSequence FOR = HttpHeaders.createOptimized("X-Forwarded-For");
  private static final CharSequence PROTO = HttpHeaders.createOptimized("X-Forwarded-Proto");
  private static final CharSequence HOST = HttpHeaders.createOptimized("X-Forwarded-Host");
  private static final CharSequence FORWARDED = HttpHeaders.createOptimized("Forwarded");

  private final List<Cidr> blocks;
  private final Field field;

  private TrustedProxies(List<Cidr> blocks, Field field) {
    this.blocks = List.copyOf(blocks);
    this.field = field;
  }

  /**
   * Reads the settings.
   *
   * @param blocks addresses and blocks such as {@code 10.0.0.0/8}
   * @throws IllegalArgumentException when one is neither
   */
  public static TrustedProxies of(List<String> blocks, Field field) {
    return new TrustedProxies(blocks.stream().map(Cidr::parse).toList(), field);
  }

  /** Whether the other end of a connection is a trusted proxy. */
  public boolean trusts(@Nullable SocketAddress peer) {
    String host = blocks.isEmpty() || peer == null ? null : peer.hostAddress();
    if (host == null) {
      return false;
    }
    int zone = host.indexOf('%');
    return IpLiteral.parse(zone < 0 ? host : host.substring(0, zone))
        .filter(this::trusts)
        .isPresent();
  }

  private boolean trusts(InetAddress address) {
    byte[] bytes = address.getAddress();
    for (Cidr block : blocks) {
      if (block.contains(bytes)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Who sent a request. What a trusted proxy says is read from the right, where the nearest proxy
   * has written, up to the first address that is not a trusted proxy's; what is left of that is the
   * client's own word. It never fails: see {@link ClientAddress#problem}.
   *
   * @param fieldsCount false when the peer is the client, whoever it is
   */
  public ClientAddress clientOf(HttpServerRequest request, boolean fieldsCount) {
    ClientAddress peer = ClientAddress.ofPeer(request);
    if (!fieldsCount || !trusts(ClientAddress.peer(request))) {
      return peer;
    }
    try {
      return field == Field.FORWARDED
          ? byForwarded(peer, request.headers())
          : byForwardedFor(peer, request.headers());
    } catch (IllegalArgumentException e) {
      return new ClientAddress(
          peer.host(), peer.port(), peer.secure(), null, peer.text(), e.getMessage());
    }
  }

  private ClientAddress byForwardedFor(ClientAddress peer, MultiMap headers) {
    List<String> entries = ForwardedFields.entries(FOR.toString(), headers.getAll(FOR));
    ForwardedFields.Node client = null;
    for (int i = entries.size() - 1; i >= 0; i--) {
      ForwardedFields.Node node = ForwardedFields.node(FOR.toString(), entries.get(i));
      if (node.address() == null) {
        break;
      }
      client = node;
      if (!trusts(node.address())) {
        break;
      }
    }
    return named(
        peer,
        client,
        secure(PROTO.toString(), last(PROTO, headers), peer.secure()),
        last(HOST, headers));
  }

  private ClientAddress byForwarded(ClientAddress peer, MultiMap headers) {
    List<ForwardedFields.Element> elements = ForwardedFields.elements(headers.getAll(FORWARDED));
    ForwardedFields.Node client = null;
    ForwardedFields.Element found = ForwardedFields.Element.EMPTY;
    for (int i = elements.size() - 1; i >= 0; i--) {
      // Written by the proxy that is trusted so far, about the one before it.
      found = elements.get(i);
      String name = found.forNode();
      ForwardedFields.Node node =
          name == null ? null : ForwardedFields.node(FORWARDED.toString(), name);
      if (node == null || node.address() == null) {
        break;
      }
      client = node;
      if (!trusts(node.address())) {
        break;
      }
    }
    return named(
        peer, client, secure(FORWARDED.toString(), found.proto(), peer.secure()), found.host());
  }

  private static ClientAddress named(
      ClientAddress peer,
      ForwardedFields.@Nullable Node client,
      boolean secure,
      @Nullable String authority) {
    InetAddress address = client == null ? null : client.address();
    return client == null || address == null
        ? new ClientAddress(peer.host(), peer.port(), secure, authority, peer.text(), null)
        : new ClientAddress(
            address.getHostAddress(), client.port(), secure, authority, peer.text(), null);
  }

  /** The value of the nearest proxy; null without one. */
  private static @Nullable String last(CharSequence name, MultiMap headers) {
    List<String> values = ForwardedFields.entries(name.toString(), headers.getAll(name));
    return values.isEmpty() ? null : values.getLast();
  }

  private static boolean secure(String name, @Nullable String proto, boolean otherwise) {
    if (proto == null) {
      return otherwise;
    }
    return switch (proto.toLowerCase(Locale.ROOT)) {
      case "https" -> true;
      case "http" -> false;
      default -> throw new IllegalArgumentException(name + " must have http or https");
    };
  }
}
