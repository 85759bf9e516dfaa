package dev.signalbox.code;

import static dev.signalbox.code.Fixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.code.IssueCodeReply;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.Engine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(VertxExtension.class)
@ParameterizedClass
@EnumSource(Engine.class)
class CodeBookTest {

  @Parameter Engine engine;
  @TempDir Path directory;
  Fixture fixture;
  Database database;
  CodeBook codes;

  @BeforeEach
  void prepare(Vertx vertx) {
    fixture = new Fixture(vertx, engine, directory);
    database = fixture.database();
    codes = book(database);
  }

  @AfterEach
  void close() {
    if (fixture != null) {
      fixture.close();
    }
  }

  private static CodeBook book(Database database) {
    return new CodeBook(database, 100, InstantSource.system());
  }

  @Test
  void aCodeHasAtLeast128RandomBitsInPrintableAscii() {
    String code = await(codes.issue("a")).code();

    assertThat(code).matches("[0-9a-f]{40}");
  }

  @Test
  void noTwoUuidsHaveTheSameCode() {
    Set<String> seen = new HashSet<>();

    for (int i = 0; i < 200; i++) {
      seen.add(await(codes.issue("uuid " + i)).code());
    }

    assertThat(seen).hasSize(200);
  }

  @Test
  void theSameUuidGetsTheSameCodeAgain() {
    IssueCodeReply first = await(codes.issue("a"));

    IssueCodeReply second = await(codes.issue("a"));

    assertThat(first.created()).isTrue();
    assertThat(second).isEqualTo(new IssueCodeReply(first.code(), false));
  }

  @Test
  void theSameUuidGetsTheSameCodeAfterARestart() {
    String code = await(codes.issue("a")).code();
    await(database.close());

    IssueCodeReply after = await(book(fixture.database()).issue("a"));

    assertThat(after).isEqualTo(new IssueCodeReply(code, false));
  }

  @Test
  void replicasAskedAtOnceAgree() {
    CodeBook replica = book(fixture.database());
    List<Future<IssueCodeReply>> here = new ArrayList<>();
    List<Future<IssueCodeReply>> there = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      here.add(codes.issue("uuid " + i));
      there.add(replica.issue("uuid " + i));
    }

    await(Future.all(here));
    await(Future.all(there));

    for (int i = 0; i < 50; i++) {
      IssueCodeReply one = here.get(i).result();
      IssueCodeReply other = there.get(i).result();
      assertThat(one.code()).isEqualTo(other.code());
      assertThat(one.created()).isNotEqualTo(other.created());
    }
  }

  @Test
  void aUuidIsComparedCharacterByCharacter() {
    String code = await(codes.issue("a")).code();

    assertThat(await(codes.issue("A")).code()).isNotEqualTo(code);
    assertThat(await(codes.issue("a ")).code()).isNotEqualTo(code);
    assertThat(await(codes.issue("'; DROP TABLE code; --")).created()).isTrue();
  }

  @Test
  void theIssuedCodeIsRight() {
    String code = await(codes.issue("a")).code();

    assertThat(await(codes.judge("a", code))).isEqualTo(CodeBook.Verdict.RIGHT);
  }

  @Test
  void theIssuedCodeIsRightForAReplicaThatNeverSawIt() {
    String code = await(codes.issue("a")).code();

    assertThat(await(book(fixture.database()).judge("a", code))).isEqualTo(CodeBook.Verdict.RIGHT);
  }

  @Test
  void anythingElseIsWrong() {
    String code = await(codes.issue("a")).code();
    String other = await(codes.issue("b")).code();

    for (String wrong : List.of("", "x", other, code + "0", code.substring(1), "ünï\u0000")) {
      assertThat(await(codes.judge("a", wrong))).isEqualTo(CodeBook.Verdict.WRONG);
    }
  }

  @Test
  void aUuidWithoutACodeIsUnknown() {
    assertThat(await(codes.judge("nobody", "x"))).isEqualTo(CodeBook.Verdict.UNKNOWN_UUID);
  }

  @Test
  void aUuidIsKnownFromTheMomentItsCodeIsIssued() {
    await(codes.judge("a", "x"));

    String code = await(codes.issue("a")).code();

    assertThat(await(codes.judge("a", code))).isEqualTo(CodeBook.Verdict.RIGHT);
  }

  @Test
  void withoutAnyMemoryTheAnswersAreTheSame() {
    CodeBook forgetful = new CodeBook(database, 0, InstantSource.system());

    String code = await(forgetful.issue("a")).code();

    assertThat(await(forgetful.issue("a"))).isEqualTo(new IssueCodeReply(code, false));
    assertThat(await(forgetful.judge("a", code))).isEqualTo(CodeBook.Verdict.RIGHT);
  }
}
