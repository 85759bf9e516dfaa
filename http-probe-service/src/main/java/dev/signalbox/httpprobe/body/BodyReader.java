package dev.signalbox.httpprobe.body;

import dev.signalbox.contracts.Sha256;
import dev.signalbox.httpprobe.phase.ProbeException;
import dev.signalbox.platform.limit.MemoryBudget;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Reads one body: decodes, counts, hashes, and keeps no more than allowed. */
public final class BodyReader {

  private static final String NO_MEMORY =
      "bodies of other probes take all memory there is for them";

  private final BodyRules rules;
  private final MemoryBudget budget;
  private final ContentDecoder decoder;
  private final MessageDigest digest = Sha256.digest();
  private final @Nullable ByteArrayOutputStream kept;
  private long length;
  private long taken;
  private long charged;
  private boolean truncated;

  /**
   * Ready for a body.
   *
   * @param contentEncoding the header's value, empty when there is none
   */
  public BodyReader(BodyRules rules, boolean keep, MemoryBudget budget, String contentEncoding) {
    this.rules = rules;
    this.budget = budget;
    this.decoder = ContentDecoder.of(contentEncoding);
    this.kept = keep ? new ByteArrayOutputStream() : null;
  }

  /**
   * Takes bytes as they arrived.
   *
   * @return whether more are wanted
   * @throws ProbeException when they cannot be decoded, or are too many
   */
  public boolean read(ByteBuf arrived) {
    byte[] bytes = new byte[arrived.readableBytes()];
    arrived.readBytes(bytes);
    if (bytes.length == 0) {
      return true;
    }
    boolean more = decoder.decode(bytes, this::take);
    charge(more ? decoder.held() : 0);
    return more;
  }

  /** All has arrived. */
  public Body finish() {
    if (!truncated) {
      decoder.finish();
    }
    return new Body(
        kept == null ? null : kept.toByteArray(),
        length,
        HexFormat.of().formatHex(digest.digest()),
        truncated);
  }

  /**
   * Leaves it to the caller to give back the memory of the bytes that were kept.
   *
   * @return how many bytes
   */
  public long handOver() {
    long bytes = taken;
    taken = 0;
    return bytes;
  }

  /** Gives back what this body held and has not handed over; to be called once, at any end. */
  public void release() {
    decoder.close();
    budget.release(taken + charged);
    taken = 0;
    charged = 0;
  }

  private boolean take(byte[] decoded, int count) {
    int wanted = (int) Math.min(count, rules.limit() - length);
    if (wanted < count) {
      if (!rules.cut()) {
        throw ProbeException.bodyTooLarge(
            "the body is longer than "
                + rules.limit()
                + " bytes; max_body_bytes asks for a part of it");
      }
      truncated = true;
    }
    digest.update(decoded, 0, wanted);
    length += wanted;
    if (kept != null) {
      spend(wanted);
      taken += wanted;
      kept.write(decoded, 0, wanted);
    }
    return !truncated;
  }

  private void charge(long held) {
    if (held > charged) {
      spend(held - charged);
    } else {
      budget.release(charged - held);
    }
    charged = held;
  }

  private void spend(long bytes) {
    if (!budget.tryAcquire(bytes)) {
      throw ProbeException.overloaded(NO_MEMORY);
    }
  }
}
