/** The command {@code dns}: asks resolvers and prints what users of dig expect. */
@NullMarked
package dev.signalbox.cli.dns;

import org.jspecify.annotations.NullMarked;
