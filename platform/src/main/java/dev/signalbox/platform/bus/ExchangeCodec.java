package dev.signalbox.platform.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageCodec;
import java.nio.charset.StandardCharsets;

/**
 * The wire format of requests and answers: the caller's number of the request (8 bytes), the
 * address of the answer (2-byte length, UTF-8), and the envelope as {@link EnvelopeCodec} writes
 * it.
 */
final class ExchangeCodec implements MessageCodec<Exchange, Exchange> {

  static final String NAME = "signalbox-exchange";

  /** How exchanges are sent. */
  static final DeliveryOptions DELIVERY = new DeliveryOptions().setCodecName(NAME);

  private final EnvelopeCodec envelopes = new EnvelopeCodec();

  @Override
  public void encodeToWire(Buffer out, Exchange exchange) {
    byte[] replyTo = exchange.replyTo().getBytes(StandardCharsets.UTF_8);
    out.appendLong(exchange.id()).appendUnsignedShort(replyTo.length).appendBytes(replyTo);
    envelopes.encodeToWire(out, exchange.content());
  }

  @Override
  public Exchange decodeFromWire(int position, Buffer in) {
    long id = in.getLong(position);
    int start = position + Long.BYTES + Short.BYTES;
    int end = start + in.getUnsignedShort(position + Long.BYTES);
    String replyTo = in.getString(start, end);
    return new Exchange(replyTo, id, envelopes.decodeFromWire(end, in));
  }

  @Override
  public Exchange transform(Exchange exchange) {
    return exchange;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
