package dev.signalbox.dnsclient.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class MessageFramesTest {

  @Property
  void findsTheMessagesHoweverTheStreamIsCut(
      @ForAll @Size(max = 8) List<byte[]> messages,
      @ForAll @IntRange(min = 1, max = 40) int piece) {
    Buffer stream = Buffer.buffer();
    messages.forEach(message -> stream.appendUnsignedShort(message.length).appendBytes(message));
    List<byte[]> found = new ArrayList<>();
    MessageFrames frames = new MessageFrames(found::add);

    for (int at = 0; at < stream.length(); at += piece) {
      frames.handle(stream.getBuffer(at, Math.min(stream.length(), at + piece)));
    }

    assertThat(found).hasSameSizeAs(messages);
    for (int i = 0; i < messages.size(); i++) {
      assertThat(found.get(i)).isEqualTo(messages.get(i));
    }
  }
}
