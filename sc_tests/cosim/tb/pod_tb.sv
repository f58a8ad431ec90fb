// Both pods side by side under random rows, bubbles, swaps, loads, stalls and resets, compared at every edge with each
// other and with a model of the bench's own: the same rows without column groups, one row group an edge.
// Prints "PASS ..." or ends with $fatal. Shape: iverilog -Ppod_tb.ROWS=20 ...
`timescale 1ns / 1ns
module pod_tb;
    parameter ROWS = 8;
    parameter COLS = 8;
    parameter MULTICAST_COLS = 4;
    parameter FANIN_ROWS = 4;
    parameter PSUM_BITS = 16;
    parameter SATURATE = 0;
    parameter EDGES = 2000;
    parameter SEED = 1;

    localparam G = (ROWS + FANIN_ROWS - 1) / FANIN_ROWS;
    localparam H = (COLS + MULTICAST_COLS - 1) / MULTICAST_COLS;
    localparam D = G + H - 1;
    localparam OUT_BITS = 3 + $clog2(ROWS + 1) + (PSUM_BITS + 1) * COLS;

    reg clk = 0;
    reg rst_n = 0, en = 0, x_valid = 0, x_swap = 0, x_last = 0, x_signed = 0, w_valid = 0, w_first = 0, w_signed = 0;
    reg [8*ROWS-1:0] x_row = 0;
    reg [PSUM_BITS*COLS-1:0] ps_in = 0;
    reg [8*COLS-1:0] w_row = 0;
    always #5 clk = !clk;

    wire [$clog2(ROWS+1)-1:0] w_rows, b_w_rows;
    wire out_valid, out_last, busy, b_out_valid, b_out_last, b_busy;
    wire [PSUM_BITS*COLS-1:0] out_row, b_out_row;
    wire [COLS-1:0] out_overflow, b_out_overflow;
    sosa_pod #(.ROWS(ROWS), .COLS(COLS), .MULTICAST_COLS(MULTICAST_COLS), .FANIN_ROWS(FANIN_ROWS),
               .PSUM_BITS(PSUM_BITS), .SATURATE(SATURATE)) pod (
        .clk(clk), .rst_n(rst_n), .en(en), .x_valid(x_valid), .x_swap(x_swap), .x_last(x_last),
        .x_signed(x_signed), .x_row(x_row), .ps_in(ps_in), .w_valid(w_valid), .w_first(w_first),
        .w_signed(w_signed), .w_row(w_row), .w_rows(w_rows), .out_valid(out_valid), .out_last(out_last),
        .out_row(out_row), .out_overflow(out_overflow), .busy(busy));
    acme_mac_array #(.R(ROWS), .C(COLS), .BC(MULTICAST_COLS), .FR(FANIN_ROWS), .PW(PSUM_BITS), .SAT(SATURATE)) second (
        .ck(clk), .rst(!rst_n), .run(en), .act_vld(x_valid), .act_new_tile(x_swap), .act_end(x_last),
        .act_is_int(x_signed), .act(x_row), .acc_i(ps_in), .wgt_vld(w_valid), .wgt_row0(w_first),
        .wgt_is_int(w_signed), .wgt(w_row), .wgt_count(b_w_rows), .acc_vld(b_out_valid), .acc_end(b_out_last),
        .acc_o(b_out_row), .acc_ovf(b_out_overflow), .active(b_busy));

    // The model: slot k is the row that was sampled k + 1 edges ago. Row group k is added when the row moves to slot k.
    integer shadow [0:ROWS*COLS-1];
    integer active [0:ROWS*COLS-1];
    integer x_of [0:D*ROWS-1];
    reg signed [63:0] ps_of [0:D*COLS-1];
    reg overflow_of [0:D*COLS-1];
    reg valid_of [0:D-1];
    reg swap_of [0:D-1];
    reg last_of [0:D-1];
    integer rows_taken = 0;
    integer seen_rows = 0, seen_overflows = 0, seen_swaps = 0, seen_stalls = 0, seen_resets = 0, seen_full = 0;

    localparam signed [63:0] MAX = (64'sd1 <<< (PSUM_BITS - 1)) - 1;
    localparam signed [63:0] MIN = -(64'sd1 <<< (PSUM_BITS - 1));

    function integer operand(input is_signed, input [7:0] value);
        operand = is_signed && value[7] ? {24'd0, value} - 256 : {24'd0, value};
    endfunction

    integer i, j, k;
    reg signed [63:0] sum;

    task add_group(input integer slot);  // row group `slot` to the row in that slot
        begin
            for (i = slot * FANIN_ROWS; i < ROWS && i < (slot + 1) * FANIN_ROWS; i = i + 1)
                for (j = 0; j < COLS; j = j + 1)
                    if (swap_of[slot]) active[i*COLS + j] = shadow[i*COLS + j];
            for (j = 0; j < COLS; j = j + 1) begin
                sum = ps_of[slot*COLS + j];
                for (i = slot * FANIN_ROWS; i < ROWS && i < (slot + 1) * FANIN_ROWS; i = i + 1)
                    sum = sum + x_of[slot*ROWS + i] * active[i*COLS + j];
                if (sum > MAX || sum < MIN) overflow_of[slot*COLS + j] = 1;
                if (SATURATE != 0) sum = sum > MAX ? MAX : sum < MIN ? MIN : sum;
                else sum = (sum <<< (64 - PSUM_BITS)) >>> (64 - PSUM_BITS);
                ps_of[slot*COLS + j] = sum;
            end
        end
    endtask

    task sample_row;  // what stands at the pins becomes slot 0
        begin
            for (k = D - 1; k > 0; k = k - 1) begin
                valid_of[k] = valid_of[k-1];
                swap_of[k] = swap_of[k-1];
                last_of[k] = last_of[k-1];
                for (i = 0; i < ROWS; i = i + 1) x_of[k*ROWS + i] = x_of[(k-1)*ROWS + i];
                for (j = 0; j < COLS; j = j + 1) begin
                    ps_of[k*COLS + j] = ps_of[(k-1)*COLS + j];
                    overflow_of[k*COLS + j] = overflow_of[(k-1)*COLS + j];
                end
            end
            valid_of[0] = x_valid;
            swap_of[0] = x_valid && x_swap;
            last_of[0] = x_valid && x_last;
            for (i = 0; i < ROWS; i = i + 1) x_of[i] = operand(x_signed, x_row[8*i +: 8]);
            for (j = 0; j < COLS; j = j + 1) begin
                ps_of[j] = $signed(ps_in[PSUM_BITS*j +: PSUM_BITS]);
                overflow_of[j] = 0;
            end
        end
    endtask

    task clear;
        begin
            for (k = 0; k < D; k = k + 1) begin
                valid_of[k] = 0;
                swap_of[k] = 0;
                last_of[k] = 0;
            end
            for (k = 0; k < ROWS * COLS; k = k + 1) begin
                shadow[k] = 0;
                active[k] = 0;
            end
            rows_taken = 0;
        end
    endtask

    integer slot;
    task edge_of_model;
        if (!rst_n) begin
            clear;
            seen_resets = seen_resets + 1;
        end else if (!en) begin
            seen_stalls = seen_stalls + 1;
        end else begin
            sample_row;
            for (slot = 0; slot < G; slot = slot + 1) add_group(slot);
            if (swap_of[0]) seen_swaps = seen_swaps + 1;
            if (w_valid && w_first) rows_taken = 0;
            if (w_valid && rows_taken < ROWS) begin
                for (j = 0; j < COLS; j = j + 1)
                    shadow[rows_taken*COLS + j] = operand(w_signed, w_row[8*j +: 8]);
                rows_taken = rows_taken + 1;
            end else if (w_valid) seen_full = seen_full + 1;
        end
    endtask

    // What the pins must show.
    reg [OUT_BITS-1:0] expected;
    reg any;
    reg [PSUM_BITS*COLS-1:0] row;
    reg [COLS-1:0] overflow;
    reg [$clog2(ROWS+1)-1:0] taken;
    task expect_pins;
        begin
            any = 0;
            row = 0;
            overflow = 0;
            taken = rows_taken;
            for (k = 0; k < D; k = k + 1) any = any || valid_of[k];
            if (valid_of[D-1])
                for (j = 0; j < COLS; j = j + 1) begin
                    sum = ps_of[(D-1)*COLS + j];
                    row[PSUM_BITS*j +: PSUM_BITS] = sum[PSUM_BITS-1:0];
                    overflow[j] = overflow_of[(D-1)*COLS + j];
                end
            if (valid_of[D-1]) seen_rows = seen_rows + 1;
            if (overflow != 0) seen_overflows = seen_overflows + 1;
            expected = {valid_of[D-1], last_of[D-1], any, taken, overflow, row};
            if ({out_valid, out_last, busy, w_rows, out_overflow, out_row} !== expected)
                $fatal(1, "edge %0d: sosa_pod shows %h, expected %h", edges,
                       {out_valid, out_last, busy, w_rows, out_overflow, out_row}, expected);
            if ({b_out_valid, b_out_last, b_busy, b_w_rows, b_out_overflow, b_out_row} !== expected)
                $fatal(1, "edge %0d: the second pod shows %h, expected %h", edges,
                       {b_out_valid, b_out_last, b_busy, b_w_rows, b_out_overflow, b_out_row}, expected);
        end
    endtask

    integer seed = SEED, edges = 0, style = 0;
    function integer one_in(input integer n);
        one_in = $unsigned($random(seed)) % n == 0;
    endfunction
    function [7:0] some_byte(input integer extreme);
        some_byte = !extreme ? $random(seed) : one_in(3) ? 8'h80 : one_in(2) ? 8'hff : 8'h7f;
    endfunction

    // Styles: rows without gaps and whole tiles of weights; bubbles and stalls; anything, with resets.
    task drive;
        begin
            if (edges % 64 == 0) style = $unsigned($random(seed)) % 3;
            rst_n = !(edges == 20 || (style == 2 && one_in(40)));
            en = style == 0 || !one_in(4);
            x_valid = style == 0 || !one_in(3);
            x_swap = style == 0 ? edges % (ROWS + 1) == 0 : one_in(5);
            x_last = one_in(4);
            x_signed = one_in(2);
            w_valid = style == 0 || !one_in(4);
            w_first = style == 0 ? edges % (ROWS + 1) == 1 % (ROWS + 1) : one_in(ROWS + 4);
            w_signed = one_in(2);
            for (i = 0; i < ROWS; i = i + 1) x_row[8*i +: 8] = some_byte(style == 1);
            for (j = 0; j < COLS; j = j + 1) begin
                w_row[8*j +: 8] = some_byte(style == 1);
                ps_in[PSUM_BITS*j +: PSUM_BITS] = one_in(4) ? MAX - 2 : one_in(4) ? MIN + 2 : $random(seed);
            end
        end
    endtask

    initial begin
        clear;
        @(negedge clk);
        edge_of_model;  // what the first rising edge saw: reset
        repeat (EDGES) begin
            expect_pins;
            edges = edges + 1;
            drive;
            @(posedge clk) edge_of_model;
            @(negedge clk);
        end
        if (seen_rows == 0 || seen_overflows == 0 || seen_swaps == 0 || seen_stalls == 0 || seen_resets < 2 ||
            seen_full == 0)
            $fatal(1, "too little was seen: %0d rows, %0d overflows, %0d swaps, %0d stalls, %0d resets, %0d rows of W dropped",
                   seen_rows, seen_overflows, seen_swaps, seen_stalls, seen_resets, seen_full);
        $display("PASS %0dx%0d: %0d edges, %0d rows (%0d with overflow), %0d swaps, %0d stalls, %0d resets", ROWS, COLS,
                 edges, seen_rows, seen_overflows, seen_swaps, seen_stalls, seen_resets);
        $finish;
    end
endmodule
