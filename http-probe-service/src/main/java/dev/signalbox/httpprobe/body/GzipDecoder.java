package dev.signalbox.httpprobe.body;

import java.util.zip.CRC32;

/**
 * Content-Encoding gzip (RFC 1952): any number of members, and zeros after the last, as gzip itself
 * reads what was padded to whole blocks.
 */
public final class GzipDecoder implements ContentDecoder {

  private enum At {
    FIXED,
    EXTRA_LENGTH,
    EXTRA,
    NAME,
    COMMENT,
    HEADER_CHECK,
    DATA,
    TRAILER,
    PADDING
  }

  private static final int HEADER_CHECK_FLAG = 2;
  private static final int EXTRA_FLAG = 4;
  private static final int NAME_FLAG = 8;
  private static final int COMMENT_FLAG = 16;
  private static final int FIXED_LENGTH = 10;
  private static final int TRAILER_LENGTH = 8;

  private final CRC32 check = new CRC32();
  private final byte[] piece = new byte[Inflation.PIECE];
  private final Inflation inflation = new Inflation(true, piece);
  private At at = At.FIXED;
  private int count;
  private int flags;
  private int extraLeft;
  private long trailer;
  private boolean memberRead;

  @Override
  public boolean decode(byte[] bytes, Sink sink) {
    int offset = 0;
    while (offset < bytes.length) {
      if (at == At.DATA) {
        offset = inflation.inflate(bytes, offset, (piece, length) -> checked(piece, length, sink));
        if (!inflation.wanted()) {
          return false;
        }
        if (inflation.finished()) {
          go(At.TRAILER);
        }
      } else {
        step(bytes[offset++] & 0xff);
      }
    }
    return true;
  }

  @Override
  public void finish() {
    // No byte at all is an empty body; between two members everything is well.
    if (at != At.PADDING && (at != At.FIXED || count != 0)) {
      throw Inflation.endsEarly();
    }
  }

  @Override
  public long held() {
    return inflation.held();
  }

  @Override
  public void close() {
    inflation.close();
  }

  private boolean checked(byte[] piece, int length, Sink sink) {
    check.update(piece, 0, length);
    return sink.take(piece, length);
  }

  private void step(int b) {
    switch (at) {
      case FIXED -> fixed(b);
      case EXTRA_LENGTH -> {
        extraLeft |= b << (8 * count++);
        if (count == 2) {
          go(extraLeft == 0 ? after(At.EXTRA) : At.EXTRA);
        }
      }
      case EXTRA -> {
        if (--extraLeft == 0) {
          go(after(At.EXTRA));
        }
      }
      case NAME, COMMENT -> {
        if (b == 0) {
          go(after(at));
        }
      }
      case HEADER_CHECK -> {
        if (++count == 2) {
          go(At.DATA);
        }
      }
      case TRAILER -> trailer(b);
      case PADDING -> {
        if (b != 0) {
          throw Inflation.broken("bytes other than zeros follow its end");
        }
      }
      case DATA -> throw new IllegalStateException("data is inflated, not stepped through");
    }
  }

  private void fixed(int b) {
    if (memberRead && count == 0 && b == 0) {
      go(At.PADDING);
      return;
    }
    boolean valid =
        switch (count) {
          case 0 -> b == 0x1f;
          case 1 -> b == 0x8b;
          case 2 -> b == 8;
          case 3 -> (b & 0xe0) == 0;
          default -> true;
        };
    if (!valid) {
      throw Inflation.broken("it has no gzip header");
    }
    if (count == 3) {
      flags = b;
    }
    if (++count == FIXED_LENGTH) {
      extraLeft = 0;
      go((flags & EXTRA_FLAG) != 0 ? At.EXTRA_LENGTH : after(At.EXTRA));
    }
  }

  /** Which of the optional fields comes next. */
  private At after(At field) {
    if (field == At.EXTRA && (flags & NAME_FLAG) != 0) {
      return At.NAME;
    }
    if (field != At.COMMENT && (flags & COMMENT_FLAG) != 0) {
      return At.COMMENT;
    }
    return (flags & HEADER_CHECK_FLAG) != 0 ? At.HEADER_CHECK : At.DATA;
  }

  private void trailer(int b) {
    trailer |= (long) b << (8 * count);
    if (++count < TRAILER_LENGTH) {
      return;
    }
    boolean sound =
        (trailer & 0xffff_ffffL) == check.getValue()
            && trailer >>> 32 == (inflation.produced() & 0xffff_ffffL);
    if (!sound) {
      throw Inflation.broken("its checksum differs");
    }
    check.reset();
    trailer = 0;
    memberRead = true;
    inflation.reset();
    go(At.FIXED);
  }

  private void go(At next) {
    at = next;
    count = 0;
  }
}
