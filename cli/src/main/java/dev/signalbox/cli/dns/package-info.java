/** The command {@code dns}: queries resolvers and prints the format of dig. */
@NullMarked
package dev.signalbox.cli.dns;

import org.jspecify.annotations.NullMarked;
