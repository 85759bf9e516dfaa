package dev.signalbox.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.code.StoreMessageReply;
import dev.signalbox.contracts.ping.LeaseTasksReply;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.contracts.serverfactory.StartServerReply;
import dev.signalbox.contracts.serverfactory.StartServerRequest;
import dev.signalbox.platform.json.BinaryParts;
import dev.signalbox.platform.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The JSON of every message is kept in a file, so that a change that replicas of the version before
 * would not understand is seen. After a change that was meant, run with {@code
 * -Dgolden.write=true}.
 */
class GoldenMessagesTest {

  private static final Path GOLDEN =
      Repository.ROOT.resolve("architecture-tests/src/test/resources/golden");

  /** A message as it is declared (which decides about the type tag) and as it is. */
  record Message(Class<?> declared, Class<?> record) {

    Path file() {
      String path = record.getName().replace("dev.signalbox.contracts.", "");
      return GOLDEN.resolve(path.replace('$', '.') + ".json");
    }

    @Override
    public String toString() {
      return record.getName();
    }
  }

  static Stream<Message> messages() {
    Map<Class<?>, Message> messages = new LinkedHashMap<>();
    Set<Class<?>> declared = new LinkedHashSet<>();
    Addresses.operations()
        .forEach(operation -> {
          declared.add(operation.requestType());
          declared.add(operation.replyType());
        });
    Addresses.events().forEach(event -> declared.add(event.type()));
    for (Class<?> type : declared) {
      for (Class<?> record : Samples.records(type)) {
        messages.putIfAbsent(record, new Message(type, record));
      }
    }
    return messages.values().stream();
  }

  @ParameterizedTest
  @MethodSource("messages")
  void aMessageIsWrittenAsItsGoldenFileAndReadBack(Message message) throws IOException {
    ObjectMapper mapper = Json.mapper();
    BinaryParts parts = BinaryParts.collecting();
    Object sample = Samples.of(message.record());

    String json =
        mapper
                .writerFor(message.declared())
                .with(SerializationFeature.INDENT_OUTPUT)
                .withAttribute(BinaryParts.ATTRIBUTE, parts)
                .writeValueAsString(sample)
            + "\n";
    if (Boolean.getBoolean("golden.write")) {
      Files.createDirectories(message.file().getParent());
      Files.writeString(message.file(), json);
    }

    assertThat(message.file()).exists();
    assertThat(json).isEqualTo(Files.readString(message.file()));
    Object back =
        mapper
            .readerFor(message.declared())
            .withAttribute(BinaryParts.ATTRIBUTE, BinaryParts.of(joined(parts.written())))
            .readValue(json);
    assertThat(back).isEqualTo(sample);
  }

  private static byte[] joined(List<byte[]> parts) {
    ByteArrayOutputStream buffers = new ByteArrayOutputStream();
    parts.forEach(buffers::writeBytes);
    return buffers.toByteArray();
  }

  static Stream<Arguments> messagesOfTheVersionBefore() {
    return Stream.of(
        Arguments.of(
            StoreMessageReply.class,
            "{'@type':'Stored','id':7,'stored_at_epoch_ms':1}",
            new StoreMessageReply.Stored(7, 1, false)),
        Arguments.of(
            StartServerReply.class,
            "{'@type':'Refused','reason':'LIMIT','message':'m'}",
            new StartServerReply.Refused(StartServerReply.Reason.LIMIT, "m", false)),
        Arguments.of(
            StartServerReply.class,
            "{'@type':'Started','server':{'server_id':'i','port':7,'page_uri':'/','node':'n',"
                + "'host':'h','created_at_epoch_ms':1}}",
            new StartServerReply.Started(new ServerInfo("i", 7, "/", "n", "h", 1), false)),
        Arguments.of(
            StartServerRequest.class,
            "{'port':7,'page_uri':'/','response_data':'d','idempotency_key':null,"
                + "'definition':null}",
            new StartServerRequest(7, "/", "d", null, null)),
        Arguments.of(
            TaskRequest.class, "{'task_name':'t','params':{}}", new TaskRequest("t", Map.of())),
        Arguments.of(
            LeaseTasksReply.class,
            "{'@type':'Leased','lease_id':'l','token':'t','expires_at_epoch_ms':1,'tasks':[],"
                + "'max_rate_pps':7}",
            new LeaseTasksReply.Leased("l", "t", 1, List.of(), 7, false, null)),
        Arguments.of(
            LeaseTasksRequest.class,
            "{'worker':'w','contributor':null,'team':null,'count':1,'order':'LOWEST'}",
            new LeaseTasksRequest(
                "w", null, null, 1, LeaseTasksRequest.Order.LOWEST, null, null, null, null)));
  }

  @ParameterizedTest
  @MethodSource("messagesOfTheVersionBefore")
  void aMessageOfTheVersionBeforeIsUnderstood(Class<?> declared, String json, Object expected)
      throws IOException {
    Object read = Json.mapper().readerFor(declared).readValue(json.replace('\'', '"'));

    assertThat(read).isEqualTo(expected);
  }

  @Test
  void noGoldenFileIsLeftOfAMessageThatIsGone() {
    Set<Path> known = new LinkedHashSet<>();
    messages().forEach(message -> known.add(message.file()));

    assertThat(Repository.files(GOLDEN)).allSatisfy(file -> assertThat(known).contains(file));
  }
}
