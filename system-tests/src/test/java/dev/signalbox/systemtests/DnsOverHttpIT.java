package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The domain name system over HTTP, as its own clients speak it. */
@ParameterizedClass
@EnumSource
class DnsOverHttpIT {

  private static final int ID = 0x1234;
  private static final int A = 1;

  private final Deployment system;

  DnsOverHttpIT(Shape shape) {
    this.system = shape.shared();
  }

  /** A question as RFC 1035 section 4 writes it. */
  private static byte[] question(String name, int type) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.writeBytes(new byte[] {(byte) (ID >> 8), (byte) ID, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
    for (String label : name.split("\\.")) {
      message.write(label.length());
      message.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    }
    message.writeBytes(new byte[] {0, 0, (byte) type, 0, 1});
    return message.toByteArray();
  }

  /** The answer's only address, and that it is the answer to our question. */
  private static String address(Reply reply) {
    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    assertThat(reply.header("content-type")).isEqualTo("application/dns-message");
    assertThat(reply.header("cache-control")).matches("max-age=[0-9]+");
    byte[] body = reply.body();
    assertThat(Short.toUnsignedInt(ByteBuffer.wrap(body).getShort())).isEqualTo(ID);
    assertThat(body[3] & 0x0f).as("rcode").isZero();
    assertThat(body[7]).as("answers").isEqualTo((byte) 1);
    int last = body.length - 4;
    return (body[last] & 0xff)
        + "."
        + (body[last + 1] & 0xff)
        + "."
        + (body[last + 2] & 0xff)
        + "."
        + (body[last + 3] & 0xff);
  }

  @Test
  void aMessageIsAnsweredByAMessage() {
    Reply reply =
        Http.request(
            system.doors().main(),
            "POST",
            "/dns-query",
            question("example.com", A),
            "Content-Type: application/dns-message");

    assertThat(address(reply)).isEqualTo(Surroundings.EXAMPLE_COM);
  }

  @Test
  void aMessageInTheQueryIsAnsweredByAMessage() {
    String text =
        Base64.getUrlEncoder().withoutPadding().encodeToString(question("example.com", A));

    Reply reply = Http.get(system.doors().main(), "/dns-query?dns=" + text);

    assertThat(address(reply)).isEqualTo(Surroundings.EXAMPLE_COM);
  }

  @Test
  void bytesThatAreNoQuestionAreRefused() {
    Reply reply =
        Http.request(
            system.doors().main(),
            "POST",
            "/dns-query",
            new byte[40],
            "Content-Type: application/dns-message");

    assertThat(reply.status()).isEqualTo(400);
  }

  @Test
  void aNameIsResolvedInJson() {
    Reply reply = Http.get(system.doors().main(), "/resolve?name=www.example.com&type=A");

    assertThat(reply.status()).isEqualTo(200);
    JsonNode json = reply.json();
    assertThat(json.path("Status").asInt()).isZero();
    assertThat(json.path("Question").path(0).path("name").asText()).isEqualTo("www.example.com.");
    assertThat(json.path("Answer").path(0).path("type").asInt()).isEqualTo(5);
  }

  @Test
  void aNameThatDoesNotExistHasItsStatus() {
    Reply reply = Http.get(system.doors().main(), "/resolve?name=nowhere.example.com&type=28");

    assertThat(reply.json().path("Status").asInt()).isEqualTo(3);
  }
}
