package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.testsupport.FileTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client and server pair of document 2. */
@ParameterizedClass
@EnumSource
class DocumentTwoIT {

  private final Deployment system;

  DocumentTwoIT(Shape shape) {
    this.system = shape.shared();
  }

  private Reply code(String json) {
    return Http.post(system.doors().codes(), "/", json);
  }

  private Reply message(String json) {
    return Http.post(system.doors().messages(), "/", json);
  }

  @Test
  void fiftyClientsGetTheirCodesAndStoreTheirTexts() {
    List<DocumentTwoClient> clients = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      clients.add(new DocumentTwoClient(system.doors()));
    }

    Set<String> codes = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      DocumentTwoClient client = clients.get(i);
      assertThat(client.requestUnique().status()).isEqualTo(200);
      codes.add(client.unique());
      Reply stored = client.sendText("Text insertion for index " + i);
      assertThat(stored.status()).isEqualTo(200);
      assertThat(stored.text().strip()).isEqualTo("{'success': True}");
    }

    assertThat(codes).hasSize(50);
    String log = messageLog();
    for (int i = 0; i < 50; i++) {
      String uuid = clients.get(i).uuid();
      assertThat(texts(uuid)).containsExactly("Text insertion for index " + i);
      assertThat(log.lines().filter(line -> line.contains(uuid))).hasSize(1);
    }
  }

  /** All lines of {@code messages.log}, wherever in the data directory it lies. */
  private String messageLog() {
    Path log =
        FileTree.files(system.data()).stream()
            .filter(file -> file.getFileName().toString().equals("messages.log"))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no messages.log under " + system.data()));
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> texts(String uuid) {
    List<String> texts = new ArrayList<>();
    JsonNode page = Http.get(system.doors().main(), "/api/v1/messages?uuid=" + uuid).json();
    page.path("items").forEach(item -> texts.add(item.path("text").asText()));
    return texts;
  }

  @Test
  void theSameUuidGetsTheSameCodeInBothDialectsAndOnAnyPath() {
    DocumentTwoClient client = new DocumentTwoClient(system.doors());
    client.requestUnique();

    Reply again =
        Http.post(
            system.doors().codes(), "/any/path?at=all", "{\"uuid\":\"" + client.uuid() + "\"}");

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json())
        .isEqualTo(Reply.json("{\"success\":true,\"unique\":\"" + client.unique() + "\"}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"uuid\":\"\"}",
        "{\"uuid\":null}",
        "{\"uuid\":7}",
        "[]",
        "{\"uuid\":",
        "nonsense"
      })
  void anInvalidUuidIsRefusedInTheDocumentsWords(String body) {
    Reply reply = code(body);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json())
        .isEqualTo(Reply.json("{\"success\":false,\"error\":\"[!] Invalid uuid sent\"}"));
  }

  @Test
  void anInvalidUuidInPythonIsRefusedInPython() {
    Reply reply = Clients.httpClientPost(system.doors().codes(), "/", "{'uuid': ''}");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text().strip())
        .isEqualTo("{'success': False, 'error': '[!] Invalid uuid sent'}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"uuid\":\"u\",\"unique\":\"c\"}",
        "{\"uuid\":\"u\",\"text\":\"t\"}",
        "{\"unique\":\"c\",\"text\":\"t\"}",
        "{\"uuid\":\"u\",\"unique\":\"c\",\"text\":7}"
      })
  void aMessageWithoutItsPartsIsRefused(String body) {
    Reply reply = message(body);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json())
        .isEqualTo(Reply.json("{\"success\":false,\"error\":\"[!] Invalid body parameters\"}"));
  }

  @Test
  void aMessageOfAnUnknownUuidIsRefused() {
    Reply reply = message("{\"uuid\":\"nobody-ever\",\"unique\":\"c\",\"text\":\"t\"}");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json())
        .isEqualTo(Reply.json("{\"success\":false,\"error\":\"[!] UUID unrecognized\"}"));
  }

  @Test
  void aMessageWithAWrongCodeIsRefusedAndNotStored() {
    DocumentTwoClient client = new DocumentTwoClient(system.doors());
    client.requestUnique();

    Reply reply =
        message(
            "{\"uuid\":\"%s\",\"unique\":\"%sx\",\"text\":\"t\"}"
                .formatted(client.uuid(), client.unique()));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json())
        .isEqualTo(Reply.json("{\"success\":false,\"error\":\"[!] Invalid unique\"}"));
    assertThat(texts(client.uuid())).isEmpty();
  }

  @Test
  void aTextOfManyLinesIsOneLineOfTheLogAndComesBackWhole() {
    DocumentTwoClient client = new DocumentTwoClient(system.doors());
    client.requestUnique();
    String text = "first\nsecond\r\n'quoted' and \\ and \u0007 and \u2028 and ünï¢ødé 🚦";

    assertThat(client.sendText(text).text().strip()).isEqualTo("{'success': True}");

    assertThat(texts(client.uuid())).containsExactly(text);
    assertThat(messageLog().lines().filter(line -> line.contains(client.uuid()))).hasSize(1);
  }

  @Test
  void theLogsChainIsIntact() {
    new DocumentTwoClient(system.doors()).requestUnique();

    JsonNode verified = Http.get(system.doors().main(), "/api/v1/messages/verify").json();

    assertThat(verified.path("intact").asBoolean()).as(verified.toString()).isTrue();
  }
}
