package dev.signalbox.gateway.census;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.contracts.file.EntityTags;
import dev.signalbox.contracts.ping.CompareRoundsReply;
import dev.signalbox.contracts.ping.CompareRoundsRequest;
import dev.signalbox.contracts.ping.ListRoundsRequest;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.contracts.ping.ReadBlocksReply;
import dev.signalbox.contracts.ping.ReadBlocksRequest;
import dev.signalbox.contracts.ping.Round;
import dev.signalbox.contracts.ping.SummariseRoundReply;
import dev.signalbox.contracts.ping.SummariseRoundReply.Summary;
import dev.signalbox.contracts.ping.SummariseRoundRequest;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.routing.BodyPlan;
import dev.signalbox.gateway.routing.ByteRanges;
import dev.signalbox.gateway.routing.ByteRanges.Piece;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.HttpDates;
import dev.signalbox.gateway.routing.PulledBody;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.platform.json.WholeNumber;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Section 7: a round as a whole, as a file, and what changed between two. */
public final class ExportRoutes implements Section {

  private static final String CENSUS = "/api/v1/census";
  private static final int BLOCKS = 65_536;
  private static final int BITMAP_BYTES = 8_192;
  private static final long ALL_BYTES = (long) BLOCKS * BITMAP_BYTES;

  /** A mebibyte of bitmaps, and one of round-trip times. */
  private static final int BITMAPS_AT_ONCE = 128;

  private static final int PIECE_BYTES = BITMAPS_AT_ONCE * BITMAP_BYTES;

  private static final int TIMES_AT_ONCE = 16;

  /** Lines of one piece: as many as one block has at most. */
  private static final int MAX_LINES = 65_536;

  /** The summary of a round and the counts of its blocks. */
  private static final int KEPT_BYTES = 512 << 10;

  /** A number in a list, and a part of the list of pieces. */
  private static final int KEPT_OF_BLOCK = 32;

  private static final int COMPARED_AT_ONCE = 4_096;
  private static final int PIECES_AHEAD = 4;
  private static final String OCTETS = "application/octet-stream";

  private final Backend backend;

  public ExportRoutes(Backend backend) {
    this.backend = backend;
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules reads = RouteRules.reads(Role.READER, ErrorShapes.PROBLEM);
    router.get(CENSUS + "/export.bitmap", reads).handler(respond(this::bitmap));
    router.get(CENSUS + "/export.csv", reads).handler(respond(this::csv));
    router.get(CENSUS + "/export.roaring", reads).handler(respond(this::roaring));
    router.get(CENSUS + "/rounds/:round/diff", reads).handler(respond(this::difference));
  }

  /** The round that is asked for, and how many addresses of each block answered. */
  private Future<Summary> summary(RoutingContext ctx) {
    Query query = Query.of(ctx);
    int round = (int) query.integer("round", 0, 1, Integer.MAX_VALUE);
    query.end();
    return backend
        .call(
            ctx, PingContract.SUMMARISE_ROUND, new SummariseRoundRequest(round == 0 ? null : round))
        .map(reply ->
            switch (reply) {
              case Summary summary -> summary;
              case SummariseRoundReply.Unknown _ ->
                  throw HttpException.notFound("There is no round " + round);
            });
  }

  private Future<ReadBlocksReply> blocks(
      RoutingContext ctx, int round, int first, int count, boolean rtt) {
    return backend.call(
        ctx, PingContract.READ_BLOCKS, new ReadBlocksRequest(round, first, count, rtt));
  }

  private Future<Response> bitmap(RoutingContext ctx) {
    return summary(ctx)
        .compose(summary -> {
          if (notModified(ctx, summary, "bitmap", OCTETS)) {
            return Future.succeededFuture(Response.SENT);
          }
          HttpServerResponse response = ctx.response();
          response.putHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
          BodyPlan plan = plan(ctx, etag(summary, "bitmap"));
          Piece only = plan.onlyPiece();
          if (only == null) {
            response.setStatusCode(206);
            response.putHeader(
                HttpHeaders.CONTENT_TYPE, "multipart/byteranges; boundary=" + plan.boundary());
          } else if (only.length() < ALL_BYTES) {
            response.setStatusCode(206);
            response.putHeader(HttpHeaders.CONTENT_RANGE, BodyPlan.contentRange(only, ALL_BYTES));
          }
          return send(ctx, plan.length(), PIECE_BYTES, pieces(ctx, summary.round(), plan));
        });
  }

  /** What of the bitmap is sent: the whole, or the ranges asked for. */
  private static BodyPlan plan(RoutingContext ctx, String etag) {
    MultiMap headers = ctx.request().headers();
    String range = headers.get("Range");
    String ifRange = headers.get("If-Range");
    BodyPlan whole = BodyPlan.of(new Piece(0, ALL_BYTES - 1));
    if (range == null
        || (ifRange != null && !ifRange.strip().equals(etag))
        || ctx.request().method().equals(HttpMethod.HEAD)) {
      return whole;
    }
    return switch (ByteRanges.parse(range, ALL_BYTES)) {
      case ByteRanges.Whole() -> whole;
      case ByteRanges.Unsatisfiable() ->
          throw HttpException.of(
                  416, "RANGE_NOT_SATISFIABLE", "The bitmap has " + ALL_BYTES + " bytes")
              .with("Content-Range", "bytes */" + ALL_BYTES);
      case ByteRanges.Pieces(List<Piece> pieces) when pieces.size() == 1 ->
          BodyPlan.of(pieces.getFirst());
      case ByteRanges.Pieces(List<Piece> pieces) ->
          BodyPlan.multipart(pieces, "round" + RequestScope.of(ctx).requestId(), OCTETS, ALL_BYTES);
    };
  }

  private Iterator<Supplier<Future<Buffer>>> pieces(RoutingContext ctx, int round, BodyPlan plan) {
    Iterator<BodyPlan.Section> steps = plan.steps(PIECE_BYTES);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return steps.hasNext();
      }

      @Override
      public Supplier<Future<Buffer>> next() {
        BodyPlan.Section section = steps.next();
        return () ->
            switch (section) {
              case BodyPlan.Text(Buffer text) -> Future.succeededFuture(text);
              case BodyPlan.FromFile(Piece piece) -> piece(ctx, round, piece);
            };
      }
    };
  }

  /** A piece of the bitmap, which need not begin with a block. */
  private Future<Buffer> piece(RoutingContext ctx, int round, Piece piece) {
    int first = (int) (piece.first() / BITMAP_BYTES);
    int last = (int) (piece.last() / BITMAP_BYTES);
    int from = (int) (piece.first() % BITMAP_BYTES);
    if (last - first < BITMAPS_AT_ONCE) {
      return blocks(ctx, round, first, last - first + 1, false)
          .map(reply ->
              Buffer.buffer(reply.bitmaps().bytes()).slice(from, from + (int) piece.length()));
    }
    // One block more than fits into a call: its ends lie within blocks.
    long middle = (long) (first + BITMAPS_AT_ONCE) * BITMAP_BYTES;
    Future<Buffer> head = piece(ctx, round, new Piece(piece.first(), middle - 1));
    Future<Buffer> tail = piece(ctx, round, new Piece(middle, piece.last()));
    return Future.all(head, tail)
        .map(_ -> Buffer.buffer().appendBuffer(head.result()).appendBuffer(tail.result()));
  }

  private Future<Response> roaring(RoutingContext ctx) {
    return summary(ctx)
        .compose(summary -> {
          if (notModified(ctx, summary, "roaring", OCTETS)) {
            return Future.succeededFuture(Response.SENT);
          }
          RoaringFile file = new RoaringFile(counts(summary));
          List<Supplier<Future<Buffer>>> pieces = new ArrayList<>();
          pieces.add(() -> Future.succeededFuture(file.head()));
          for (List<Integer> group : groups(file.blocks(), BITMAPS_AT_ONCE)) {
            int first = group.getFirst();
            pieces.add(() ->
                blocks(ctx, summary.round(), first, group.getLast() - first + 1, false)
                    .compose(reply -> offLoop(ctx, () -> containers(file, group, reply))));
          }
          int longest = Math.max(PIECE_BYTES, file.head().length());
          return keeping(
              ctx,
              file.blocks().size(),
              () -> send(ctx, file.length(), longest, pieces.iterator()));
        });
  }

  private static Buffer containers(RoaringFile file, List<Integer> group, ReadBlocksReply reply) {
    Buffer containers = Buffer.buffer();
    byte[] bitmaps = reply.bitmaps().bytes();
    for (int block : group) {
      containers.appendBuffer(
          file.container(block, bitmaps, (block - group.getFirst()) * BITMAP_BYTES));
    }
    return containers;
  }

  private Future<Response> csv(RoutingContext ctx) {
    return summary(ctx)
        .compose(summary -> {
          if (notModified(ctx, summary, "csv", "text/csv; charset=utf-8; header=present")) {
            return Future.succeededFuture(Response.SENT);
          }
          int[] counts = counts(summary);
          List<Integer> present =
              IntStream.range(0, BLOCKS).filter(block -> counts[block] > 0).boxed().toList();
          List<Supplier<Future<Buffer>>> pieces = new ArrayList<>();
          pieces.add(() -> Future.succeededFuture(AddressLines.HEAD));
          int longest = 0;
          for (List<Integer> group : byLines(groups(present, TIMES_AT_ONCE), counts)) {
            longest = Math.max(longest, AddressLines.MAX_BYTES * lines(group, counts));
            int first = group.getFirst();
            pieces.add(() ->
                blocks(ctx, summary.round(), first, group.getLast() - first + 1, true)
                    .compose(reply -> offLoop(ctx, () -> AddressLines.of(group, reply))));
          }
          int most = Math.max(longest, AddressLines.HEAD.length());
          return keeping(ctx, present.size(), () -> send(ctx, -1, most, pieces.iterator()));
        });
  }

  private static int lines(List<Integer> blocks, int[] counts) {
    return blocks.stream().mapToInt(block -> counts[block]).sum();
  }

  /** Groups divided further, so that none has more lines than one block may have. */
  private static List<List<Integer>> byLines(List<List<Integer>> groups, int[] counts) {
    List<List<Integer>> divided = new ArrayList<>();
    for (List<Integer> group : groups) {
      int from = 0;
      for (int i = 1; i <= group.size(); i++) {
        if (i == group.size() || lines(group.subList(from, i + 1), counts) > MAX_LINES) {
          divided.add(group.subList(from, i));
          from = i;
        }
      }
    }
    return divided;
  }

  /** Blocks in groups that lie close enough together for one call. */
  private static List<List<Integer>> groups(List<Integer> blocks, int span) {
    List<List<Integer>> groups = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= blocks.size(); i++) {
      if (i == blocks.size() || blocks.get(i) - blocks.get(from) >= span) {
        groups.add(blocks.subList(from, i));
        from = i;
      }
    }
    return groups;
  }

  private static int[] counts(Summary summary) {
    int[] counts = new int[BLOCKS];
    ByteBuffer.wrap(summary.answered().bytes()).asIntBuffer().get(counts);
    return counts;
  }

  private static Future<Buffer> offLoop(RoutingContext ctx, Supplier<Buffer> work) {
    return ctx.vertx().executeBlocking(work::get, false).map(Objects::requireNonNull);
  }

  private static String etag(Summary summary, String format) {
    return "\"" + summary.round() + "-" + summary.version() + "-" + format + "\"";
  }

  /** Sets the headers of a version; ends the response when the client has that version. */
  private static boolean notModified(
      RoutingContext ctx, Summary summary, String format, String mediaType) {
    String etag = etag(summary, format);
    HttpServerResponse response = ctx.response();
    response.putHeader(HttpHeaders.ETAG, etag);
    response.putHeader(HttpHeaders.LAST_MODIFIED, HttpDates.text(summary.newestEpochMs()));
    response.putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
    String known = ctx.request().headers().get(HttpHeaders.IF_NONE_MATCH);
    if (known != null && EntityTags.name(known, etag, true)) {
      response.setStatusCode(304);
      RequestScope.of(ctx).end(Buffer.buffer());
      return true;
    }
    response.putHeader(HttpHeaders.CONTENT_TYPE, mediaType);
    response.putHeader(
        HttpHeaders.createOptimized("content-disposition"),
        "attachment; filename=\"round-" + summary.round() + "." + format + "\"");
    return false;
  }

  /** Counts what is kept until the end, beside the pieces, with what the client has not read. */
  private static Future<Response> keeping(
      RoutingContext ctx, int blocks, Supplier<Future<Response>> sending) {
    long kept = KEPT_BYTES + (long) blocks * KEPT_OF_BLOCK;
    RequestScope scope = RequestScope.of(ctx);
    return scope
        .memory()
        .take(kept)
        .compose(taken -> {
          if (!taken) {
            return Future.succeededFuture(Response.SENT);
          }
          scope.onEnd(() -> scope.memory().share().giveBack(kept));
          return sending.get();
        });
  }

  /** Sends the body, or the head alone. */
  private static Future<Response> send(
      RoutingContext ctx, long length, int pieceBytes, Iterator<Supplier<Future<Buffer>>> pieces) {
    HttpServerResponse response = ctx.response();
    if (length >= 0) {
      response.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
    } else {
      // HTTP/1.0 has no chunks: there the end of the connection ends the response.
      response.setChunked(ctx.request().version() == HttpVersion.HTTP_1_1);
    }
    if (ctx.request().method().equals(HttpMethod.HEAD)) {
      RequestScope.of(ctx).end(Buffer.buffer());
      return Future.succeededFuture(Response.SENT);
    }
    return PulledBody.send(ctx, PIECES_AHEAD, pieceBytes, pieces);
  }

  private record BlockView(int taskIndex, String network, int appeared, int vanished, int stayed) {}

  private record DifferenceView(
      int round,
      int with,
      int blocks,
      long appeared,
      long vanished,
      long stayed,
      List<BlockView> items,
      @Nullable String next) {}

  private Future<Response> difference(RoutingContext ctx) {
    Query query = Query.of(ctx);
    int with = (int) query.integer("with", 0, 1, Integer.MAX_VALUE);
    if (with == 0) {
      query.problem("with", "is required: the number of the earlier round");
    }
    int after = (int) query.integer("after", -1, -1, BLOCKS);
    int limit = query.limit();
    query.end();
    OptionalLong number =
        WholeNumber.parse(Requests.pathParameter(ctx, "round"), 1, Integer.MAX_VALUE);
    if (number.isEmpty()) {
      throw HttpException.notFound("There is no such round");
    }
    int round = (int) number.getAsLong();
    return requireRounds(ctx, round, with)
        .compose(_ -> compare(ctx, new ArrayList<>(), with, round, 0))
        .map(blocks -> {
          List<BlockView> rest =
              blocks.stream()
                  .filter(block -> block.taskIndex() > after)
                  .filter(block -> block.appeared() + block.vanished() > 0)
                  .limit(limit + 1L)
                  .map(block ->
                      new BlockView(
                          block.taskIndex(),
                          TaskIndex.network(block.taskIndex()),
                          block.appeared(),
                          block.vanished(),
                          block.stayed()))
                  .toList();
          List<BlockView> items = rest.subList(0, Math.min(limit, rest.size()));
          return Response.json(
              200,
              new DifferenceView(
                  round,
                  with,
                  blocks.size(),
                  blocks.stream().mapToLong(CompareRoundsReply.Block::appeared).sum(),
                  blocks.stream().mapToLong(CompareRoundsReply.Block::vanished).sum(),
                  blocks.stream().mapToLong(CompareRoundsReply.Block::stayed).sum(),
                  items,
                  rest.size() > limit ? Integer.toString(items.getLast().taskIndex()) : null));
        });
  }

  private Future<Void> requireRounds(RoutingContext ctx, int... wanted) {
    return backend
        .call(ctx, PingContract.LIST_ROUNDS, new ListRoundsRequest())
        .map(reply -> {
          Set<Integer> known =
              reply.rounds().stream().map(Round::number).collect(Collectors.toSet());
          for (int round : wanted) {
            if (!known.contains(round)) {
              throw HttpException.notFound("There is no round " + round);
            }
          }
          return null;
        });
  }

  /** Compares slice after slice, unless the client is gone. */
  private Future<List<CompareRoundsReply.Block>> compare(
      RoutingContext ctx, List<CompareRoundsReply.Block> found, int earlier, int later, int first) {
    if (first >= BLOCKS || ctx.response().closed()) {
      return Future.succeededFuture(found);
    }
    return backend
        .call(
            ctx,
            PingContract.COMPARE_ROUNDS,
            new CompareRoundsRequest(earlier, later, first, COMPARED_AT_ONCE))
        .compose(reply -> {
          found.addAll(reply.blocks());
          return compare(ctx, found, earlier, later, first + COMPARED_AT_ONCE);
        });
  }
}
