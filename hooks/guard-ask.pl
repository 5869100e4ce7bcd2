# Caro mesh: passes a line from standard input to the service and ends with 0 if it answers that the
# line may run. Any other end means that the guard itself has to be started. What was typed is in no
# argument list. bash and fish start this, as they cannot open a Unix socket.
# Arguments: the path of the control socket, the shell, the level.
use strict;
use warnings;
use Cwd    ();
use Socket ();

# In seconds, for everything, and for the answer.
my $LIMIT        = 1;
my $ANSWER_LIMIT = 0.1;

# In bytes. The service does not rate longer lines (SHORT_LINE).
my $LONGEST = 8_000;

# A JSON string. The service refuses what is not UTF-8.
sub quoted {
    my ($text) = @_;
    $text =~ s/([\x00-\x1f"\\])/sprintf '\\u%04x', ord $1/ge;
    return qq("$text");
}

$SIG{ALRM} = $SIG{PIPE} = sub { exit 1 };
alarm $LIMIT;
my ( $path, $shell, $from ) = @ARGV;
my $home = $ENV{HOME} // q();
my $cwd  = Cwd::getcwd()  // q();
my $line = do { local $/ = undef; <STDIN> };
exit 1 if !defined $line || length $line > $LONGEST || !length $home;

socket my $service, Socket::PF_UNIX(), Socket::SOCK_STREAM(), 0 or exit 1;
connect $service, Socket::pack_sockaddr_un($path) or exit 1;
my %body = ( command => $line, shell => $shell, from => $from, cwd => $cwd, home => $home );
my $params = join q(,), map { quoted($_) . q(:) . quoted( $body{$_} ) } sort keys %body;
my $request = qq({"jsonrpc":"2.0","id":1,"method":"guard.check","params":{$params}}\n);
( syswrite( $service, $request ) // 0 ) == length $request or exit 1;
vec( my $waiting = q(), fileno $service, 1 ) = 1;
select $waiting, undef, undef, $ANSWER_LIMIT or exit 1;
my $answer = readline $service;
exit( ( $answer // q() ) eq qq({"jsonrpc":"2.0","id":1,"result":{"decision":"allow"}}\n) ? 0 : 1 );
