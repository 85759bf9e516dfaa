package dev.signalbox.dnsclient.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;

/** Any stream of bytes, cut anywhere. */
class FramesFuzzTest {

  @FuzzTest(maxDuration = "1m")
  void cutsAnyStreamIntoWhatItHolds(FuzzedDataProvider data) {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    MessageFrames frames =
        new MessageFrames(message -> {
          read.write(message.length >> 8);
          read.write(message.length);
          read.writeBytes(message);
        });

    while (data.remainingBytes() > 0) {
      byte[] part = data.consumeBytes(data.consumeInt(0, 64));
      sent.writeBytes(part);
      frames.handle(Buffer.buffer(part));
    }

    // What was delivered is a prefix of what came, and less than one message is held back.
    byte[] all = sent.toByteArray();
    byte[] delivered = read.toByteArray();
    assertThat(all).startsWith(delivered);
    int held = all.length - delivered.length;
    if (held >= Short.BYTES) {
      int length = ((all[delivered.length] & 0xFF) << 8) | (all[delivered.length + 1] & 0xFF);
      assertThat(held).isLessThan(length + Short.BYTES);
    }
  }
}
